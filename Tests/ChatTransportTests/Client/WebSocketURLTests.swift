import Testing

@testable import ChatTransport

/// RFC 6455 section 3.
struct WebSocketURLTests {
    @Test(arguments: [
        ("ws://example.com", "example.com", 80, false, "/", "example.com"),
        ("wss://example.com", "example.com", 443, true, "/", "example.com"),
        ("http://example.com/", "example.com", 80, false, "/", "example.com"),
        ("HTTPS://example.com/", "example.com", 443, true, "/", "example.com"),
        ("WS://example.com:8080/chat?a=b", "example.com", 8080, false, "/chat?a=b", "example.com:8080"),
        ("wss://example.com:80/", "example.com", 80, true, "/", "example.com:80"),
        ("ws://example.com:80/", "example.com", 80, false, "/", "example.com"),
        ("ws://example.com?a=b", "example.com", 80, false, "/?a=b", "example.com"),
        ("ws://example.com/a?b=c?d://e@f:1", "example.com", 80, false, "/a?b=c?d://e@f:1", "example.com"),
        ("ws://127.0.0.1:65535/", "127.0.0.1", 65535, false, "/", "127.0.0.1:65535"),
        ("ws://[::1]", "::1", 80, false, "/", "[::1]"),
        ("wss://[2001:db8::1]:8443/ws", "2001:db8::1", 8443, true, "/ws", "[2001:db8::1]:8443"),
    ])
    func reads(_ text: String, _ host: String, _ port: Int, _ isSecure: Bool, _ target: String, _ field: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.isSecure == isSecure)
        #expect(url.target == target)
        #expect(url.hostField == field)
    }

    @Test(arguments: [
        "", "example.com", "ws:example.com", "ws:/example.com", "ftp://example.com", "://example.com", "ws://", "ws:///path", "ws://:80/",
        "ws://example.com/#fragment", "ws://user@example.com/", "ws://user:secret@example.com/", "ws://example.com:/",
        "ws://example.com:0/",
        "ws://example.com:65536/", "ws://example.com:-1/", "ws://example.com:+80/", "ws://example.com:8x/", "ws://a:b:80/", "ws://[::1",
        "ws://[]/",
        "ws://[::1]x/", "ws://[::1]:/", "ws://exa mple.com/", "ws://example.com/\r\nX: y", "ws://example.com/é", "ws://bücher.example/",
        " ws://example.com", "ws://example.com/\u{0}", "ws://example.com:99999999999999999999/",
        "ws://example.com/" + String(repeating: "x", count: 8192),
    ])
    func refuses(_ text: String) {
        let error = #expect(throws: WebSocketError.self) { try WebSocketURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error.map { !"\($0)".contains("secret") } == true)
    }

    @Test(arguments: [("127.0.0.1", true), ("[::1]", true), ("localhost", false), ("1.example", false), ("example.com", false)])
    func knowsAddresses(_ host: String, _ isAddress: Bool) throws {
        #expect(try WebSocketURL("wss://\(host)/").isAddress == isAddress)
    }
}
