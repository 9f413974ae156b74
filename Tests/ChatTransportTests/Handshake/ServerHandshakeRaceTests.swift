import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// What can happen while a handshake is under way.
@Suite(.timeLimit(.minutes(1)))
struct ServerHandshakeRaceTests {
    /// Tells when it is gone, and with it the answer that holds it.
    private final class Token: Sendable {
        private let gone: AsyncStream<Void>.Continuation

        init(_ gone: AsyncStream<Void>.Continuation) { self.gone = gone }

        deinit { self.gone.finish() }
    }

    /// A decision that waits for the test.
    private struct HeldDecision: Sendable {
        private let asked = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        private let allowed = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        private let gone = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let installed = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

        @Sendable func answer(_ request: WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer {
            self.asked.continuation.finish()
            for await _ in self.allowed.stream {}
            let (token, installed) = (Token(self.gone.continuation), self.installed.continuation)
            return .accept(subprotocol: nil, headers: [:]) { _, _ in
                withExtendedLifetime(token) { _ = installed.yield() }
            }
        }

        func waitUntilAsked() async { for await _ in self.asked.stream {} }

        func decide() { self.allowed.continuation.finish() }

        /// Returns when nobody can still act upon the answer.
        func waitUntilForgotten() async { for await _ in self.gone.stream {} }

        func wasInstalled() async -> Bool {
            self.installed.continuation.finish()
            var iterator = self.installed.stream.makeAsyncIterator()
            return await iterator.next() != nil
        }
    }

    @Test(arguments: ["", "GET /chat HTTP/1.1\r\nHost: a\r\n", HandshakeRequest().text]) func takesTooLong(_ sent: String) async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        try await subject.send(Array(sent.utf8))
        await subject.advance(.milliseconds(9_999))
        #expect(subject.channel.isActive)
        await subject.advance(.milliseconds(1))
        try await subject.end()
        #expect(try await !subject.hasSentMore())
        held.decide()
    }

    /// Slow loris: one header a while does not lengthen it.
    @Test func takesTooLongBitByBit() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(Array("GET /chat HTTP/1.1\r\n".utf8))
        for index in 0..<9 {
            await subject.advance(.seconds(1))
            try await subject.send(Array("X-\(index): a\r\n".utf8))
        }
        #expect(subject.channel.isActive)
        await subject.advance(.seconds(1))
        try await subject.end()
    }

    @Test func theTimeIsOverWithTheHandshake() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(HandshakeRequest())
        #expect(try await subject.response().status == 101)
        await subject.advance(.seconds(20))
        #expect(subject.channel.isActive)
    }

    @Test func theClientGoesBeforeTheDecision() async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        try await subject.send(HandshakeRequest())
        await held.waitUntilAsked()
        try await subject.channel.close().get()
        held.decide()
        await held.waitUntilForgotten()
        #expect(await !held.wasInstalled())
        #expect(try await !subject.hasSentMore())
    }

    @Test(arguments: [true, false]) func theServerGoesDownBeforeTheDecision(_ isAsked: Bool) async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        if isAsked {
            try await subject.send(HandshakeRequest())
            await held.waitUntilAsked()
        }
        try await subject.fire(ChannelShouldQuiesceEvent())
        try await subject.end()
        held.decide()
        if isAsked { await held.waitUntilForgotten() }
        #expect(await !held.wasInstalled())
        #expect(try await !subject.hasSentMore())
    }

    @Test func theClientEndsTheStreamBeforeTheDecision() async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        try await subject.send(HandshakeRequest())
        await held.waitUntilAsked()
        try await subject.fire(ChannelEvent.inputClosed)
        try await subject.end()
        held.decide()
        await held.waitUntilForgotten()
        #expect(await !held.wasInstalled())
    }

    @Test func framesThatComeBeforeTheDecisionAreNotLost() async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        try await subject.send(HandshakeRequest())
        await held.waitUntilAsked()
        for text in ["one", "two"] { try await subject.send(WireFrame.text(text).masked.bytes) }
        held.decide()
        #expect(try await subject.response().status == 101)
        #expect(try await subject.message() == "one")
        #expect(try await subject.message() == "two")
        #expect(await held.wasInstalled())
    }

    /// What came before the decision was kept without a bound, for as long as a handshake may take, of anybody who can connect.
    @Test func framesThatComeBeforeTheDecisionAreBounded() async throws {
        let held = HeldDecision()
        let subject = try await ServerHandshakeFixture.answering(held.answer)
        try await subject.send(HandshakeRequest())
        await held.waitUntilAsked()
        let kibibyte = Array(repeating: UInt8(0), count: 1024)
        var count = 0
        while subject.channel.isActive, count < 1024 {
            try await subject.send(kibibyte)
            count += 1
        }
        #expect(count == 33)  // 32 KiB of a frame, and the first byte too many.
        held.decide()
        await held.waitUntilForgotten()
        #expect(await !held.wasInstalled())
    }
}
