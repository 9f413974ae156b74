import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// What a client gets that asks in a wrong way: a status, and the end of the connection.
@Suite(.timeLimit(.minutes(1)))
struct ServerHandshakeRejectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        var text: String

        init(_ description: String, _ status: Int, _ change: (inout HandshakeRequest) -> Void) {
            self.testDescription = description
            self.status = status
            self.text = HandshakeRequest().changed(change).text
        }

        init(_ description: String, _ status: Int, text: String) {
            self.testDescription = description
            self.status = status
            self.text = text
        }
    }

    private static let cases: [Case] = [
        Case("POST", 400) { $0.line = "POST /chat HTTP/1.1" },
        Case("HTTP/1.0", 400) { $0.line = "GET /chat HTTP/1.0" },
        Case("HTTP/2.0", 400) { $0.line = "GET /chat HTTP/2.0" },
        Case("HTTP/2's preface", 400, text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("no key", 400) { $0.set("Sec-WebSocket-Key", nil) },
        Case("two keys", 400) { $0.add("Sec-WebSocket-Key", HandshakeRequest.sampleKey) },
        Case("no key of 16 bytes", 400) { $0.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ") },
        Case("version 8", 426) { $0.set("Sec-WebSocket-Version", "8") },
        Case("no version", 426) { $0.set("Sec-WebSocket-Version", nil) },
        Case("no Upgrade", 426) { $0.set("Upgrade", nil) },
        Case("no Connection", 426) { $0.set("Connection", nil) },
        Case("a body", 400) {
            $0.add("Content-Length", "5")
            $0.body = "hello"
        },
        Case("a chunked body", 400) {
            $0.add("Transfer-Encoding", "chunked")
            $0.body = "5\r\nhello\r\n0\r\n\r\n"
        },
        Case("two Hosts", 400) { $0.add("Host", "server.example.com") },
        Case("no Host", 400) { $0.set("Host", nil) },
        Case("a long field", 400) { $0.add("Cookie", String(repeating: "x", count: 16_385)) },
        Case("long fields together", 400) { for index in 0..<20 { $0.add("Cookie", "\(index)" + String(repeating: "x", count: 1000)) } },
        Case("a long path", 400) { $0.line = "GET /\(String(repeating: "x", count: 16_385)) HTTP/1.1" },
        Case("too many fields", 400) { for index in 0..<96 { $0.add("X-\(index)", "") } },
        Case("no HTTP", 400, text: "hello there\r\n\r\n"),
        Case("a field without a name", 400) { $0.add("", "value") },
        Case("a space in a name", 400) { $0.add("X Y", "value") },
        Case("another protocol", 400, text: "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}"),
    ]

    @Test(arguments: Self.cases) func rejects(_ test: Case) async throws {
        let subject = try await ServerHandshakeFixture.deciding { _ in
            Issue.record("asked for a decision")
            return .accept()
        }
        try await subject.send(Array(test.text.utf8))
        let response = try await subject.response()
        #expect(response.status == test.status)
        #expect(response["connection"] == (test.status == 426 ? ["upgrade, close"] : ["close"]))
        #expect(response["content-length"] == ["0"])
        #expect(response["upgrade"] == (test.status == 426 ? ["websocket"] : []))
        try await subject.end()
        #expect(try await !subject.hasSentMore())
    }

    @Test func namesTheVersionThatWouldDo() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(HandshakeRequest().changed { $0.set("Sec-WebSocket-Version", "8") })
        #expect(try await subject.response()["sec-websocket-version"] == ["13"])
    }

    @Test func theDecisionsRejectionIsSent() async throws {
        let subject = try await ServerHandshakeFixture.deciding { _ in
            .reject(status: .unauthorized, headers: [.wwwAuthenticate: "Bearer", .connection: "keep-alive"], body: "Grüße")
        }
        try await subject.send(HandshakeRequest())
        let response = try await subject.response()
        #expect(response.status == 401)
        #expect(response["www-authenticate"] == ["Bearer"])
        #expect(response["connection"] == ["close"])
        #expect(response["content-length"] == ["7"])
        #expect(response["content-type"] == ["text/plain; charset=utf-8"])
        #expect(response.body == "Grüße")
        try await subject.end()
    }

    @Test func oneAnswerIsAllThatAConnectionGets() async throws {
        let subject = try await ServerHandshakeFixture()
        let bad = HandshakeRequest().changed { $0.set("Upgrade", nil) }
        try await subject.send(bad, then: Array((bad.text + HandshakeRequest().text).utf8))
        #expect(try await subject.response().status == 426)
        try await subject.end()
        #expect(try await !subject.hasSentMore())
    }

    @Test func aHandlerThatCannotBeInstalledEndsTheConnection() async throws {
        struct Failure: Error {}
        let subject = try await ServerHandshakeFixture.answering({ _ in .accept(subprotocol: nil, headers: [:]) { _, _ in throw Failure() }
        })
        try await subject.send(HandshakeRequest())
        try await subject.end()
    }
}
