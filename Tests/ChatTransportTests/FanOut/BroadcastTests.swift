import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct BroadcastTests {
    @Test func everyMemberGetsEveryMessageOnceAndInOrder() async throws {
        try await FanOutServer.with { server in
            var peers: [WirePeer] = []
            for index in 0..<20 { peers.append(try await server.join("\(index)")) }
            var generator = SeededGenerator(seed: 1)
            var sent: [String] = []
            for tick in 0..<100 {
                let texts = (0..<Int.random(in: 1...10, using: &generator)).map {
                    "\(tick).\($0) " + String(repeating: "x", count: Int.random(in: 0...300, using: &generator))
                }
                sent += texts
                try await server.run { for text in texts { $0.publish(text) } }
            }
            for peer in peers { #expect(try await peer.texts(sent.count) == sent) }
        }
    }

    /// Nothing of a broadcast passes through the channels; only what was before they were known to be empty may.
    @Test func goesPastTheChannel() async throws {
        try await FanOutServer.with { server in
            let peers = [try await server.join("0"), try await server.join("1")]
            try await server.run { $0.publish("first") }
            for peer in peers { #expect(try await peer.text() == "first") }
            for name in ["0", "1"] { #expect(try await server.isDirect(name)) }

            try await server.run { state in
                for name in ["0", "1"] { try state[name].channel.pipeline.syncOperations.addHandler(NoWrites(), position: .first) }
            }
            for number in 0..<20 {
                try await server.run { $0.publish("\(number)") }
                for peer in peers { #expect(try await peer.text() == "\(number)") }
            }
            // And what is sent to one of them at the same time.
            try await server.run { state in
                state["0"].post("reply")
                state.publish("message")
            }
            #expect(try await peers[0].texts(2) == ["reply", "message"])
            #expect(try await peers[1].text() == "message")
            for name in ["0", "1"] { #expect(try await server.isDirect(name)) }
        }
    }

    private final class NoWrites: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            Issue.record("a write through the channel")
            context.write(data, promise: promise)
        }
    }

    @Test func membersOfTwoRoomsGetOneWriteForBoth() async throws {
        try await FanOutServer.with { server in
            let both = try await server.join("both", isInB: true)
            let one = try await server.join("one")
            try await server.run {
                $0.publish("a0")
                $0.publish("b0", to: $0.b)
            }
            #expect(try await both.texts(2) == ["a0", "b0"])
            #expect(try await one.text() == "a0")
            #expect(try await server.isDirect("both"))
            let writes = try await server.run { state in
                state.publish("a1")
                state.publish("b1", to: state.b)
                // As the end of the tick does it; between the two it is neither sent the one nor the other.
                let handler = state["both"].handler
                for group in handler.output.memberships.map(\.group) { group.send(isAlone: false) }
                return handler.output.outbox?.readableBytes
            }
            #expect(writes == 8)
            #expect(try await both.texts(2) == ["a1", "b1"])
            #expect(try await one.text() == "a1")
        }
    }

    @Test func aRoomCountsItsMembers() async throws {
        try await FanOutServer.with { server in
            let peer = try await server.join("0", isInB: true)
            _ = try await server.join("1")
            try await server.run { state in
                #expect(state.a.count == 2)
                #expect(state.b.count == 1)
                #expect(state.a.contains(state["1"].handler))
                #expect(!state.b.contains(state["1"].handler))
                state.a.remove(state["1"].handler)
                state.a.remove(state["1"].handler)
                #expect(!state.a.contains(state["1"].handler))
                #expect(state.a.count == 1)
            }
            peer.vanish()
            try await server.closed("0")
            try await server.run { state in
                #expect(state.a.count == 0)
                #expect(state.b.count == 0)
                state.publish("to nobody")
            }
        }
    }
}
