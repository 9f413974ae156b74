import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// Replies and the messages of rooms keep one order, whatever happens between them: compared with a model, for connections of every
/// kind.
///
/// What two rooms publish with nothing else between has an order for each room only.
@Suite(.timeLimit(.minutes(2)))
struct RandomOrderTests {
    private static let kinds: [String?] = [
        nil, nil, "permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover",
        "permessage-deflate", "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
    ]

    /// What one connection is to get.
    private struct Expected {
        /// Between two steps that everything keeps its order with: what each room has published.
        struct Step {
            var a: [String] = []
            var b: [String] = []
            var replies: [String] = []
        }

        var steps: [Step] = []
        var current = Step()
        var isInA = false
        var isInB = false
        var isOpen = true

        mutating func barrier() {
            if !self.current.a.isEmpty || !self.current.b.isEmpty { self.steps.append(self.current) }
            self.current = Step()
        }

        mutating func reply(_ text: String) {
            guard self.isOpen else { return }
            self.barrier()
            self.steps.append(Step(replies: [text]))
        }
    }

    private enum Action {
        case post(String)
        case send(String)
        case publishA(String)
        case publishB(String)
        case joinA, joinB, leaveA, leaveB, close, flush
    }

    private struct Script {
        var expected: [Expected]
        var ticks: [[(member: Int, action: Action)]] = []

        private let seed: UInt64

        init(members: Int, seed: UInt64) {
            self.seed = seed
            var generator = SeededGenerator(seed: seed)
            self.expected = Array(repeating: Expected(), count: members)
            var number = 0
            for _ in 0..<50 {
                var tick: [(Int, Action)] = []
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    number += 1
                    let member = Int.random(in: 0..<members, using: &generator)
                    // Of every length: those that are compressed, and those that a small socket takes a part of.
                    let longest = number % 20 == 0 ? 6000 : 600
                    let text = "\(number) " + String(repeating: "ab", count: Int.random(in: 0...longest / 2, using: &generator))
                    tick.append((member, self.action(member, text, using: &generator)))
                }
                for member in self.expected.indices { self.expected[member].barrier() }
                self.ticks.append(tick)
            }
            for member in self.expected.indices { self.expected[member].reply("end") }
        }

        private mutating func action(_ member: Int, _ text: String, using generator: inout SeededGenerator) -> Action {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<25:
                self.expected[member].reply(text)
                return .post(text)
            case 25..<27 where self.seed % 3 == 0:
                // From here on everything of this connection goes through its channel.
                self.expected[member].reply(text)
                return .send(text)
            case 25..<50:
                for index in self.expected.indices where self.expected[index].isInA && self.expected[index].isOpen {
                    self.expected[index].current.a.append(text)
                }
                return .publishA(text)
            case 50..<70:
                for index in self.expected.indices where self.expected[index].isInB && self.expected[index].isOpen {
                    self.expected[index].current.b.append(text)
                }
                return .publishB(text)
            case 70..<92 where self.expected[member].isOpen:
                let isA = Bool.random(using: &generator)
                let isIn = isA ? self.expected[member].isInA : self.expected[member].isInB
                if isIn { self.expected[member].barrier() }
                if isA { self.expected[member].isInA.toggle() } else { self.expected[member].isInB.toggle() }
                return isIn ? (isA ? .leaveA : .leaveB) : (isA ? .joinA : .joinB)
            case 92..<93 where self.expected[member].steps.count > 20:
                self.expected[member].barrier()
                self.expected[member].isOpen = false
                return .close
            default:
                for index in self.expected.indices { self.expected[index].barrier() }
                return .flush
            }
        }
    }

    @Test(arguments: 0..<24, [nil, 4096] as [Int?]) func everyInterleaving(_ seed: UInt64, _ sendBuffer: Int?) async throws {
        try await FanOutServer.with(sendBuffer: sendBuffer) {
            $0.webSocket.maximumOutboundBytes = 64 * 1024 * 1024
            $0.webSocket.closeTimeout = .seconds(600)
            var compression = WebSocketCompression()
            compression.serverNoContextTakeover = false
            compression.threshold = 64
            $0.webSocket.compression = compression
        } _: { server in
            var peers: [CompressedPeer] = []
            for (index, kind) in Self.kinds.enumerated() {
                let peer = try await WirePeer.upgrade(
                    to: server.port, path: "/\(index)", extensions: kind, receiveBuffer: sendBuffer ?? 65_536)
                peers.append(CompressedPeer(peer, takesOverContext: kind == "permessage-deflate"))
            }
            let script = Script(members: peers.count, seed: seed)
            // Half of them read only at the end.
            if sendBuffer != nil { for peer in peers.enumerated() where peer.offset % 2 == 0 { try await peer.element.peer.pause() } }
            for tick in script.ticks {
                try await server.run { state in
                    for (member, action) in tick { Self.perform(action, of: state[String(member)], in: state) }
                }
            }
            try await server.run { state in for index in Self.kinds.indices { state[String(index)].post("end") } }
            if sendBuffer != nil { for peer in peers { try await peer.peer.resume() } }
            for (expected, peer) in zip(script.expected, peers) { try await Self.check(expected, peer) }
        }
    }

    private static func perform(_ action: Action, of member: FanOutServer.Member, in state: FanOutServer.State) {
        switch action {
        case .post(let text): member.post(text)
        case .send(let text):
            member.channel.writeAndFlush(WebSocketMessage(.text, ByteBuffer(string: text)), promise: nil)
        case .publishA(let text): state.publish(text)
        case .publishB(let text): state.publish(text, to: state.b)
        case .joinA: state.a.add(member.handler)
        case .joinB: state.b.add(member.handler)
        case .leaveA: state.a.remove(member.handler)
        case .leaveB: state.b.remove(member.handler)
        case .close: member.handler.close(.goingAway, reason: "bye")
        case .flush: state.loop.flush()
        }
    }

    private static func check(_ expected: Expected, _ peer: CompressedPeer) async throws {
        for step in expected.steps {
            let a = Set(step.a)
            var received: [String] = []
            for _ in 0..<(step.a.count + step.b.count + step.replies.count) {
                received.append(try #require(try await peer.text()))
            }
            #expect(received.filter(a.contains) == step.a)
            #expect(received.filter { !a.contains($0) } == step.b + step.replies)
            guard received.filter(a.contains) == step.a else { return }
        }
        if !expected.isOpen { #expect(try await peer.peer.frame() == .close(1001, "bye")) }
    }
}
