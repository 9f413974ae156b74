import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// What a connection is sent by itself and what goes ahead of that.
@Suite(.timeLimit(.minutes(1)))
struct ReplyOrderTests {
    /// A reply that waited for the end of the tick was overtaken by the next one, when a pong between them had filled the socket.
    @Test func aPongThatFillsTheSocketKeepsRepliesInOrder() async throws {
        try await FanOutServer.with(
            sendBuffer: 4096,
            {
                $0.webSocket.maximumOutboundBytes = 16 * 1024 * 1024
                $0.webSocket.maximumControlFramesPerSecond = 1_000_000
            }
        ) { server in
            let peer = try await server.join("0", receiveBuffer: 4096)
            try await server.run { $0.publish("first") }
            #expect(try await peer.text() == "first")
            try await peer.pause()
            let large = WireFrame(10, Array(repeating: UInt8(7), count: 500_000))
            try await server.run { state in
                state["0"].post("1")
                state["0"].handler.transmit(ByteBuffer(bytes: large.bytes))
                state["0"].post("2")
                state.publish("3")
            }
            try await peer.resume()
            #expect(try await peer.frame() == large)
            #expect(try await peer.texts(3) == ["1", "2", "3"])
        }
    }

    /// The same as it happens: a peer that asks and pings, and reads late.
    @Test func repliesToAPeerThatPingsAndReadsLate() async throws {
        try await FanOutServer.with(
            sendBuffer: 4096,
            {
                $0.webSocket.maximumOutboundBytes = 16 * 1024 * 1024
                $0.webSocket.maximumControlFramesPerSecond = 1_000_000
            }
        ) { server in
            let peer = try await server.join("0", receiveBuffer: 4096)
            try await server.run { state in
                let member = state["0"]
                member.onMessage = { [unowned member] in member.post($0) }
            }
            try await peer.pause()
            let ping = WireFrame(9, Array(repeating: UInt8(7), count: 125))
            let count = 3000
            for number in 0..<count { peer.send(ping, .text("\(number)"), ping) }
            async let received: [String] = {
                var texts: [String] = []
                while texts.count < count, let frame = try await peer.frame() { if frame.opcode == 1 { texts.append(frame.text ?? "") } }
                return texts
            }()
            try await peer.resume()
            #expect(try await received == (0..<count).map { "\($0)" })
        }
    }

    @Test func aCloseFrameIsTheLast() async throws {
        try await FanOutServer.with { server in
            let peer = try await server.join("0", isInB: true)
            try await server.run { state in
                state.publish("1")
                state["0"].post("2")
                state.publish("3", to: state.b)
                state["0"].handler.close(.goingAway, reason: "")
                state.publish("4")
                state["0"].post("5")
            }
            #expect(try await peer.texts(3) == ["1", "2", "3"])
            peer.send(.close(1001))
            #expect(try await peer.rest() == [.close(1001)])
        }
    }

    /// What a peer that closes is still sent goes before the answer to its close frame.
    @Test func theAnswerToACloseFrameIsTheLast() async throws {
        try await FanOutServer.with { server in
            let peer = try await server.join("0", isInB: true)
            try await server.run { state in
                state["0"].onMessage = { [unowned state] _ in
                    state.publish("1")
                    state["0"].post("2")
                    state.publish("3", to: state.b)
                }
            }
            peer.send(.text("go"), .close(1000))
            #expect(try await peer.rest() == [.text("1"), .text("2"), .text("3"), .close(1000)])
        }
    }
}
