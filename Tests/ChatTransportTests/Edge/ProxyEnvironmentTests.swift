import Testing

@testable import ChatTransport

struct ProxyEnvironmentTests {
    @Test(
        arguments: [
            ("wss://example.com", ["https_proxy": "a:1"], "a:1"), ("wss://example.com", ["HTTPS_PROXY": "a:1"], "a:1"),
            ("wss://example.com", ["http_proxy": "a:1"], nil), ("wss://example.com", ["https_proxy": "a:1", "HTTPS_PROXY": "b:1"], "a:1"),
            ("ws://example.com", ["http_proxy": "a:1"], "a:1"), ("ws://example.com", ["https_proxy": "a:1"], nil),
            // CVE-2016-5385.
            ("ws://example.com", ["HTTP_PROXY": "a:1"], nil),
            ("ws://example.com", ["all_proxy": "a:1"], "a:1"), ("wss://example.com", ["ALL_PROXY": "a:1"], "a:1"),
            ("wss://example.com", ["all_proxy": "a:1", "HTTPS_PROXY": "b:1"], "b:1"), ("wss://example.com", [:], nil),
            ("wss://example.com", ["https_proxy": "", "all_proxy": "a:1"], "a:1"), ("wss://example.com", ["https_proxy": ""], nil),
            ("wss://example.com", ["https_proxy": "a:1", "no_proxy": "example.com"], nil),
            ("wss://example.com", ["https_proxy": "a:1", "NO_PROXY": "example.com"], nil),
            ("wss://example.com", ["https_proxy": "a:1", "no_proxy": "", "NO_PROXY": "example.com"], nil),
            ("wss://example.com", ["https_proxy": "a:1", "no_proxy": "other.example"], "a:1"),
            ("https://example.com/chat", ["https_proxy": "http://user:pw@a:1/"], "a:1 with authorization"),
            // Nobody minds a proxy that is not used.
            ("wss://example.com", ["https_proxy": "socks5://a:1", "no_proxy": "*"], nil),
            ("ws://example.com", ["https_proxy": "socks5://a:1"], nil),
        ] as [(String, [String: String], String?)])
    func chooses(_ url: String, _ environment: [String: String], _ proxy: String?) throws {
        #expect(try WebSocketProxy.fromEnvironment(for: url, environment: environment)?.description == proxy)
    }

    @Test func whatItCannotUse() {
        #expect(throws: InvalidConfigurationError.self) {
            try WebSocketProxy.fromEnvironment(for: "wss://example.com", environment: ["https_proxy": "socks5://a:1"])
        }
        #expect(throws: WebSocketError.self) { try WebSocketProxy.fromEnvironment(for: "example.com", environment: [:]) }
    }

    @Test(arguments: [
        ("*", "example.com", true), ("example.com", "example.com", true), ("example.com", "EXAMPLE.com", true),
        ("example.com", "example.com.", true),
        ("example.com", "www.example.com", true), (".example.com", "www.example.com", true), (".example.com", "example.com", true),
        ("example.com", "badexample.com", false), ("example.com", "example.org", false), ("www.example.com", "example.com", false),
        ("a,b, example.com", "example.com", true), ("a b\texample.com", "example.com", true), (",,", "example.com", false),
        ("", "example.com", false),
        ("example.com:443", "example.com", true), ("example.com:444", "example.com", false),
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1:443", "127.0.0.1", true), ("127.0.0.1:80", "127.0.0.1", false),
        ("127.0.0.1", "127.0.0.2", false),
        ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false), ("10.0.0.0/8", "example.com", false), ("::1", "::1", true),
        ("[::1]", "::1", true), ("[::1]:443", "0:0::1", true), ("[::1]:444", "::1", false), ("fd00::/8", "fd12::1", true),
        ("0.0.1", "127.0.0.1", false), ("localhost", "localhost", true), ("/", "example.com", false),
        ("*.example.com", "www.example.com", false),
    ])
    func exceptions(_ list: String, _ host: String, _ isException: Bool) {
        #expect(ProxyExceptions(list).contains(host: host, port: 443) == isException)
    }
}
