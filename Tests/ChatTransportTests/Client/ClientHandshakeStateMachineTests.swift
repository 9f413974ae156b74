import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// What the client makes of a server's bytes, however they come.
struct ClientHandshakeStateMachineTests {
    private typealias Machine = ClientHandshakeHandler.StateMachine

    /// RFC 6455 section 1.3.
    private static let answer =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    private static func machine() -> Machine {
        Machine(key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: ["chat"], compression: WebSocketCompression())
    }

    /// `upgrade`, a code, or nil while it waits.
    private static func outcome(_ action: Machine.Action) -> String? {
        switch action {
        case .none: nil
        case .upgrade: "upgrade"
        case .fail(let error): error.code.description
        }
    }

    private static let cases: [(start: String, fields: String, outcome: String)] = [
        ("HTTP/1.1 101 Switching Protocols\r\n", "", "upgrade"),
        ("HTTP/1.1 101 \r\n", "", "upgrade"),
        ("HTTP/1.1 101\r\n", "", "upgrade"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 102\r\nA: b\r\n\r\nHTTP/1.1 101\r\n", "", "upgrade"),
        ("HTTP/1.1 101\r\n", "Sec-WebSocket-Protocol: chat\r\n", "upgrade"),
        (
            "HTTP/1.1 101\r\n", "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits=9\r\n",
            "upgrade"
        ),
        ("HTTP/1.1 101\r\n", "Sec-WebSocket-Protocol: other\r\n", "invalidHandshake"),
        ("HTTP/1.1 101\r\n", "Sec-WebSocket-Extensions: other\r\n", "invalidHandshake"),
        ("HTTP/1.1 101\r\n", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "invalidHandshake"),
        ("HTTP/1.0 101\r\n", "", "invalidHandshake"), ("HTTP/1.2 101\r\n", "", "invalidHandshake"),
        ("HTTP/1.1 +101\r\n", "", "invalidHandshake"), ("HTTP/1.1 0101\r\n", "", "invalidHandshake"),
        ("HTTP/1.1  101\r\n", "", "invalidHandshake"), ("HTTP/1.1 099\r\n", "", "invalidHandshake"),
        ("HTTP/1.1 600\r\n", "", "invalidHandshake"), ("HTTP/1.1 200\r\n", "", "handshakeRejected"),
        ("HTTP/1.0 503 Later\r\n", "", "handshakeRejected"), ("HTTP/1.1 101\n", "", "invalidHandshake"),
    ]

    @Test(arguments: Self.cases.indices, [true, false]) func judgesAnAnswer(_ index: Int, _ isInOnePiece: Bool) {
        let (start, fields, outcome) = Self.cases[index]
        var machine = Self.machine()
        let text = start + Self.answer + fields + "\r\n"
        var seen: [String] = []
        if isInOnePiece {
            seen = [Self.outcome(machine.receive(ByteBuffer(string: text)))].compactMap { $0 }
        } else {
            for byte in text.utf8 { seen += [Self.outcome(machine.receive(ByteBuffer(bytes: [byte])))].compactMap { $0 } }
        }
        #expect(seen == [outcome], "\(text)")
        #expect(Self.outcome(machine.receive(ByteBuffer(string: text))) == nil)
    }

    @Test func tellsWhatWasAgreedAndWhatCameBehind() throws {
        var machine = Self.machine()
        let fields =
            "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_max_window_bits=10\r\n"
        let action = machine.receive(ByteBuffer(string: "HTTP/1.1 101\r\n" + Self.answer + fields + "\r\nbehind"))
        guard case .upgrade(let subprotocol, let compression, let early) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(subprotocol == "chat")
        #expect(compression?.serverMaxWindowBits == 10)
        #expect(String(buffer: early) == "behind")
    }

    /// Nobody may send provisional answers for ever.
    @Test func allAnswersTogetherHaveALimit() {
        var machine = Self.machine()
        let provisional = "HTTP/1.1 100\r\nA: " + String(repeating: "b", count: 1003) + "\r\n\r\n"
        #expect(provisional.utf8.count == 1024)
        for _ in 0..<15 { #expect(Self.outcome(machine.receive(ByteBuffer(string: provisional))) == nil) }
        #expect(Self.outcome(machine.receive(ByteBuffer(string: provisional))) == "invalidHandshake")
    }
}
