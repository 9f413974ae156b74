import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// RFC 6455 section 4.1: when a client must fail the connection.
@Suite(.timeLimit(.minutes(1)))
struct ClientHandshakeFailureTests {
    struct BrokenTransport: Error {}

    struct Case: Sendable, CustomTestStringConvertible {
        typealias Fields = [(name: String, value: String)]

        var testDescription: String
        var change: @Sendable (inout Fields) -> Void

        init(_ description: String, _ change: @escaping @Sendable (inout Fields) -> Void) {
            self.testDescription = description
            self.change = change
        }
    }

    private static let cases: [Case] = [
        Case("no Upgrade") { $0.removeAll { $0.name == "Upgrade" } },
        Case("another Upgrade") { $0[0].value = "h2c" },
        Case("no Connection") { $0.removeAll { $0.name == "Connection" } },
        Case("another Connection") { $0[1].value = "keep-alive" },
        Case("no accept value") { $0.removeAll { $0.name == "Sec-WebSocket-Accept" } },
        Case("the accept value of another key") { $0[2].value = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
        Case("two accept values") { $0.append($0[2]) },
        Case("a subprotocol that was not offered") { $0.append(("Sec-WebSocket-Protocol", "three")) },
        Case("two subprotocols") { $0.append(("Sec-WebSocket-Protocol", "one, two")) },
        Case("two fields with a subprotocol") {
            $0.append(("Sec-WebSocket-Protocol", "one"))
            $0.append(("Sec-WebSocket-Protocol", "one"))
        },
        Case("an extension that was not offered") { $0.append(("Sec-WebSocket-Extensions", "permessage-deflate")) },
    ]

    @Test(arguments: Self.cases) func refusesAWrongAnswer(_ test: Case) async throws {
        let subject = try await ClientHandshakeFixture { $0.subprotocols = ["one", "two"] }
        try await subject.answer(to: subject.request(), test.change)
        #expect(try await subject.failure()?.code == .invalidHandshake)
    }

    @Test(arguments: [200, 301, 400, 401, 403, 404, 426, 500, 503]) func tellsTheStatusOfARejection(_ status: Int) async throws {
        let subject = try await ClientHandshakeFixture()
        _ = try await subject.request()
        try await subject.answer("HTTP/1.1 \(status) Reason\r\nContent-Length: 2\r\n\r\nno")
        let error = try await subject.failure()
        #expect(error?.code == .handshakeRejected)
        #expect(error?.status == status)
    }

    /// The body of a refusal may never end.
    @Test func aRejectionNeedNotBeReadToItsEnd() async throws {
        let subject = try await ClientHandshakeFixture()
        _ = try await subject.request()
        try await subject.answer("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        #expect(try await subject.failure()?.status == 503)
    }

    @Test(arguments: [
        "hello\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/2.0 101 X\r\n\r\n", "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{2A}",
        "HTTP/1.1 abc\r\n\r\n",
    ])
    func refusesGarbage(_ text: String) async throws {
        let subject = try await ClientHandshakeFixture()
        _ = try await subject.request()
        try await subject.answer(text)
        #expect(try await subject.failure()?.code == .invalidHandshake)
    }

    @Test(arguments: ["", "HTTP/1.1 101 Switching"]) func theServerEndsTheConnection(_ text: String) async throws {
        let subject = try await ClientHandshakeFixture()
        _ = try await subject.request()
        if !text.isEmpty { try await subject.answer(text) }
        try await subject.channel.close().get()
        let error = try await subject.failure()
        #expect(error?.code == .connectFailed || error?.code == .invalidHandshake)
    }

    @Test func theTransportBreaks() async throws {
        let subject = try await ClientHandshakeFixture()
        try await subject.channel.testingEventLoop.executeInContext { [channel = subject.channel] in
            channel.pipeline.fireErrorCaught(BrokenTransport())
        }
        let error = try await subject.failure()
        #expect(error?.code == .connectFailed)
        #expect(error?.underlying is BrokenTransport)
    }

    @Test func theServerTakesTooLong() async throws {
        let subject = try await ClientHandshakeFixture { $0.handshakeTimeout = .seconds(3) }
        try await subject.answer("HTTP/1.1 100 Continue\r\n\r\n")
        await subject.advance(.milliseconds(2_999))
        #expect(subject.channel.isActive)
        await subject.advance(.milliseconds(1))
        #expect(try await subject.failure()?.code == .handshakeTimeout)
    }

    /// It was counted from before, and cut short how long connecting may take.
    @Test func theTimeCountsFromTheConnection() async throws {
        let subject = try await ClientHandshakeFixture(isConnected: false) { $0.handshakeTimeout = .seconds(3) }
        await subject.advance(.seconds(60))
        try await subject.connect()
        await subject.advance(.milliseconds(2_999))
        #expect(subject.channel.isActive)
        await subject.advance(.milliseconds(1))
        #expect(try await subject.failure()?.code == .handshakeTimeout)
    }

    @Test func theConnectionIsNeverMade() async throws {
        let subject = try await ClientHandshakeFixture(isConnected: false)
        try await subject.channel.close().get()
        #expect(try await subject.failure()?.code == .connectFailed)
    }
}
