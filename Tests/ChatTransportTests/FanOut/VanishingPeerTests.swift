import ChatProtocol
import Dispatch
import NIOCore
import Testing

@testable import ChatTransport

/// A member that goes in the middle of a broadcast harms nobody.
@Suite(.timeLimit(.minutes(1)))
struct VanishingPeerTests {
    @Test(arguments: [false, true]) func oneAfterTheOther(_ resets: Bool) async throws {
        try await FanOutServer.with { server in
            var peers: [WirePeer] = []
            for index in 0..<20 { peers.append(try await server.join("\(index)", isInB: index % 3 == 0)) }
            let stays = try await server.join("stays")
            let texts = (0..<200).map { "\($0)" }
            async let published: Void = {
                for text in texts {
                    try await server.run { state in
                        state.publish(text)
                        state.publish(text, to: state.b)
                    }
                }
            }()
            for peer in peers { if resets { try await peer.reset() } else { peer.vanish() } }
            try await published
            #expect(try await stays.texts(texts.count) == texts)
            for index in 0..<20 { try await server.closed("\(index)") }
            #expect(try await server.run { $0.a.count } == 1)
            #expect(try await server.run { $0.b.count } == 0)
        }
    }

    /// The socket is broken before its event loop has had a chance to see it.
    @Test(arguments: [false, true]) func withinTheTick(_ resets: Bool) async throws {
        try await FanOutServer.with { server in
            var peers: [WirePeer] = []
            for index in 0..<8 { peers.append(try await server.join("\(index)")) }
            try await server.run { $0.publish("first") }
            for peer in peers { #expect(try await peer.text() == "first") }
            for (index, peer) in peers.enumerated().dropLast() {
                try await server.whileItIsHeldUp {
                    if resets { try await peer.reset() } else { try await peer.channel.close() }
                } then: { state in
                    // More than one: the first write to a socket that its peer has closed is taken, the next may not be.
                    for text in ["a", "b"] {
                        state.publish(text)
                        state[String(index)].post("reply")
                        state.loop.flush()
                    }
                }
                try await server.closed("\(index)")
            }
            let expected = peers.dropLast().flatMap { _ in ["a", "b"] }
            #expect(try await peers[7].texts(expected.count) == expected)
        }
    }

    /// What is said of the end is published at once, to those who are left, while the end is being noticed.
    @Test func theEndIsPublished() async throws {
        try await FanOutServer.with { server in
            var peers: [WirePeer] = []
            for index in 0..<10 { peers.append(try await server.join("\(index)")) }
            try await server.run { state in
                for index in 0..<10 {
                    state[String(index)].onClose = { [unowned state] in state.publish("\(index) left") }
                }
            }
            for index in 0..<9 {
                try await peers[index].reset()
                try await server.closed("\(index)")
            }
            #expect(try await peers[9].texts(9) == (0..<9).map { "\($0) left" })
        }
    }
}

extension FanOutServer {
    /// Does something while the event loop sees nothing of it, then something on the loop, in the same tick.
    func whileItIsHeldUp(_ body: () async throws -> Void, then: @escaping @Sendable (State) throws -> Void) async throws {
        let started = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let gate = DispatchSemaphore(value: 0)
        async let done: Void = self.run { state in
            started.continuation.finish()
            gate.wait()
            try then(state)
        }
        for await _ in started.stream {}
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        gate.signal()
        try result.get()
        try await done
    }
}
