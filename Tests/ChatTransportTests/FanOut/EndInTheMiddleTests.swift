import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// Who hears of an end while a room's message is being handed out, and sends something at once.
@Suite(.timeLimit(.minutes(1)))
struct EndInTheMiddleTests {
    enum Reaction: CaseIterable {
        case post, publish, publishMuch, close, transmit
    }

    /// The socket of one member had taken a part of a frame, and what was sent to that member next went into the middle of it.
    @Test(arguments: Reaction.allCases) func whatIsSentThenComesBehindTheMessage(_ reaction: Reaction) async throws {
        try await FanOutServer.with(
            sendBuffer: 4096,
            {
                $0.webSocket.maximumOutboundBytes = 190_000
                // Whoever waits for a frame that never comes whole waits no longer.
                $0.webSocket.closeTimeout = .seconds(5)
                $0.webSocket.pingInterval = .seconds(5)
            }
        ) { server in
            // The order of the room: the one that ends first.
            let ending = try await server.join("ending")
            let slow = try await server.join("slow", isInB: true)
            try await server.run { $0.publish("first") }
            #expect(try await slow.text() == "first")
            #expect(try await ending.text() == "first")
            try await slow.pause()

            let large = WireFrame(1, Array(repeating: UInt8(ascii: "x"), count: 200_000))
            let much = EncodedMessage(.binary, payload: repeatElement(7, count: 300_000))
            try await server.whileItIsHeldUp {
                try await ending.reset()
            } then: { state in
                // As one whose channel has had something to send.
                state["ending"].handler.stopDirectWrites()
                state["ending"].onClose = { [unowned state] in
                    switch reaction {
                    case .post: state["slow"].post("left")
                    case .publish: state.publish("left", to: state.b)
                    case .publishMuch: state.publish(much, to: state.b)
                    case .close: state["slow"].handler.close(.goingAway, reason: "left")
                    case .transmit: state["slow"].handler.transmit(ByteBuffer(bytes: WireFrame(10, []).bytes))
                    }
                }
                state.publish(EncodedMessage(.text, payload: large.payload))
            }
            try await server.closed("ending")
            try await slow.resume()
            #expect(try await slow.frame() == large)
            switch reaction {
            case .post, .publish: #expect(try await slow.text() == "left")
            case .publishMuch, .close: #expect(try await slow.frame() != nil)
            case .transmit: #expect(try await slow.frame() == WireFrame(10, []))
            }
        }
    }
}
