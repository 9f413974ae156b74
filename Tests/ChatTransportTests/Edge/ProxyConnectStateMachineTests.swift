import NIOCore
import Testing

@testable import ChatTransport

/// RFC 9110 section 9.3.6, RFC 9112 section 4.
struct ProxyConnectStateMachineTests {
    private typealias Action = ProxyConnectHandler.StateMachine.Action

    /// What comes of an answer, so many bytes at a time; what comes after the decision is put together.
    private static func action(_ text: String, chunk: Int = .max) -> Action {
        var machine = ProxyConnectHandler.StateMachine()
        guard machine.start() else { return .none }
        var rest = ByteBuffer(string: text)
        while let slice = rest.readSlice(length: min(chunk, rest.readableBytes)), slice.readableBytes > 0 {
            switch machine.receive(slice) {
            case .none: continue
            case .connect(var early):
                early.writeBuffer(&rest)
                return .connect(early: early)
            case .fail(let error): return .fail(error)
            }
        }
        return .none
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 Connection established\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200\r\n\r\n",
            "HTTP/1.1 299 Fine\r\nVia: 1.1 proxy\r\nProxy-Agent: x\r\n\r\n", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ], ["", "x", "\r\n", "\r\n\r\n", "HTTP/1.1 500 Of the server\r\n\r\n", "\u{16}\u{3}\u{1}"])
    func aTunnel(_ answer: String, _ early: String) {
        for chunk in [1, 2, 3, 5, 16, .max] {
            #expect(Self.action(answer + early, chunk: chunk) == .connect(early: ByteBuffer(string: early)))
        }
        for count in 0..<answer.utf8.count { #expect(Self.action(String(answer.utf8.prefix(count))!) == .none) }
    }

    @Test(arguments: [300, 302, 400, 403, 404, 405, 500, 502, 503, 504, 999, 101]) func aRefusal(_ status: Int) {
        for chunk in [1, .max] {
            let action = Self.action("HTTP/1.1 \(status) No\r\nContent-Length: 100000\r\n\r\n<html>", chunk: chunk)
            #expect(action == .fail(WebSocketProxyError(.refused, status: status)))
        }
    }

    @Test func itWantsAnAuthorization() {
        let action = Self.action("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
        #expect(action == .fail(WebSocketProxyError(.authenticationRequired, status: 407)))
    }

    @Test(arguments: [
        "X", "\u{15}\u{3}\u{1}", "SSH-2.0-OpenSSH_9.2\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 000 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nX",
    ])
    func anAnswerThatIsNone(_ answer: String) {
        for chunk in [1, .max] { #expect(Self.action(answer, chunk: chunk) == .fail(WebSocketProxyError(.invalidAnswer))) }
    }

    @Test func theHeaderIsBounded() {
        let answer = { (count: Int) in
            let start = "HTTP/1.1 200 OK\r\nX: "
            return start + String(repeating: "x", count: count - start.utf8.count - 4) + "\r\n\r\n"
        }
        let limit = ProxyConnectHandler.StateMachine.maximumHeaderBytes
        for chunk in [1, 1000, .max] {
            #expect(Self.action(answer(limit) + "early", chunk: chunk) == .connect(early: ByteBuffer(string: "early")))
            #expect(Self.action(answer(limit + 1), chunk: chunk) == .fail(WebSocketProxyError(.headerTooLong)))
            #expect(Self.action(answer(limit * 3), chunk: chunk) == .fail(WebSocketProxyError(.headerTooLong)))
        }
    }

    /// Also the answers before the last, or there would be no end to them.
    @Test func provisionalAnswersAreBounded() {
        let answers = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000)
        for chunk in [1, 1000, .max] { #expect(Self.action(answers, chunk: chunk) == .fail(WebSocketProxyError(.headerTooLong))) }
    }

    @Test func saysEverythingOnce() {
        var machine = ProxyConnectHandler.StateMachine()
        #expect(machine.receive(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n")) == .none)
        #expect(machine.start() == true)
        #expect(machine.start() == false)
        #expect(machine.end() == true)
        #expect(machine.end() == false)
        #expect(machine.start() == false)
        #expect(machine.receive(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n")) == .none)
    }
}
