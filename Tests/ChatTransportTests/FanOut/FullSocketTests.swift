import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// A member whose socket is full gets the rest through its channel.
@Suite(.timeLimit(.minutes(1)))
struct FullSocketTests {
    private static func payload(_ count: Int, _ seed: UInt8) -> [UInt8] { (0..<count).map { 0x20 + (UInt8($0 % 89) &+ seed) % 90 } }

    /// Cut wherever the socket was full, all of it arrives, and then it is written to past the channel again.
    @Test(arguments: 0..<4) func getsTheRestWhenItReadsAgain(_ seed: UInt64) async throws {
        try await FanOutServer.with(sendBuffer: 4096, { $0.webSocket.maximumOutboundBytes = 16 * 1024 * 1024 }) { server in
            let slow = try await server.join("slow", receiveBuffer: 4096)
            let fast = try await server.join("fast")
            try await server.run { $0.publish("first") }
            #expect(try await slow.text() == "first")
            #expect(try await fast.text() == "first")
            var generator = SeededGenerator(seed: seed)
            for round in 0..<3 {
                #expect(try await server.isDirect("slow"))
                try await slow.pause()
                var expected: [WireFrame] = []
                for number in 0..<60 {
                    let frame = WireFrame(1, Self.payload(Int.random(in: 0...9000, using: &generator), UInt8(number)))
                    let reply = number % 7 == 0 ? "reply \(round).\(number)" : nil
                    try await server.run { state in
                        state.publish(EncodedMessage(.text, payload: frame.payload))
                        if let reply { state["slow"].post(reply) }
                    }
                    #expect(try await fast.frame() == frame)
                    expected += [frame] + (reply.map { [.text($0)] } ?? [])
                }
                #expect(try await !server.isDirect("slow"))
                #expect(try await server.isDirect("fast"))
                try await slow.resume()
                for frame in expected { #expect(try await slow.frame() == frame) }
            }
            #expect(try await server.isDirect("slow"))
        }
    }

    /// More in a tick than waits for its end.
    @Test func muchInOneTick() async throws {
        try await FanOutServer.with({ $0.webSocket.maximumOutboundBytes = 16 * 1024 * 1024 }) { server in
            let peers = [try await server.join("0"), try await server.join("1", receiveBuffer: 4096)]
            let payloads = (0..<30).map { Self.payload(30_000, UInt8($0)) }
            let pending = try await server.run { state in
                var most = 0
                for (number, payload) in payloads.enumerated() {
                    state["0"].post("\(number)")
                    state.publish(EncodedMessage(.text, payload: payload))
                    most = max(most, state["0"].handler.output.memberships[0].group.pending.readableBytes)
                }
                return most
            }
            #expect(pending <= 256 * 1024)
            for (number, payload) in payloads.enumerated() {
                #expect(try await peers[0].text() == "\(number)")
                for peer in peers { #expect(try await peer.frame()?.payload == payload) }
            }
        }
    }

    @Test func oneMessageOverThatLimit() async throws {
        try await FanOutServer.with({ $0.webSocket.maximumOutboundBytes = 16 * 1024 * 1024 }) { server in
            let peers = [try await server.join("0"), try await server.join("1", isInB: true)]
            let payload = Self.payload(300_000, 0)
            try await server.run { state in
                state.publish("b", to: state.b)
                state.publish(EncodedMessage(.binary, payload: payload))
                state.publish("end")
            }
            #expect(try await peers[1].text() == "b")
            for peer in peers {
                #expect(try await peer.frame() == WireFrame(2, payload))
                #expect(try await peer.text() == "end")
            }
        }
    }

    /// Past the limit it is closed, and nobody else.
    @Test func onlyWhoIsTooSlowIsClosed() async throws {
        try await FanOutServer.with(sendBuffer: 4096, { $0.webSocket.maximumOutboundBytes = 100_000 }) { server in
            let slow = try await server.join("slow", receiveBuffer: 4096, isInB: true)
            let fast = try await server.join("fast", isInB: true)
            try await slow.pause()
            let payload = Self.payload(10_000, 3)
            for number in 0..<60 {
                try await server.run { state in
                    state.publish(EncodedMessage(.text, payload: payload), to: number % 2 == 0 ? state.a : state.b)
                    if number % 5 == 0 { state["slow"].post("reply") }
                    if number % 5 == 0 { state["fast"].post("reply") }
                }
                #expect(try await fast.frame()?.payload == payload)
                if number % 5 == 0 { #expect(try await fast.text() == "reply") }
                let waiting = try await server.run { try $0["slow"].channel.syncOptions?.getOption(.bufferedWritableBytes) }
                #expect(waiting ?? 0 < 130_000)
            }
            try await slow.resume()
            var frames: [WireFrame] = []
            while let frame = try await slow.frame() {
                frames.append(frame)
                if frame.opcode == 8 { break }
            }
            #expect(frames.last == .close(4008, "too slow to read"))
            #expect(frames.dropLast().allSatisfy { $0.payload == payload || $0.text == "reply" })
            slow.send(.close(4008))
            #expect(try await slow.rest() == [])
            #expect(try await server.isDirect("fast"))
        }
    }
}
