import NIOCore
import Testing

@testable import ChatTransport

struct WebSocketProxyTests {
    @Test(
        arguments: [
            ("http://proxy.example.com:3128", "proxy.example.com", 3128, nil),
            ("http://proxy.example.com:3128/", "proxy.example.com", 3128, nil),
            ("proxy.example.com:3128", "proxy.example.com", 3128, nil), ("HTTP://Proxy.example.com", "proxy.example.com", 80, nil),
            ("http://10.0.0.1:8080", "10.0.0.1", 8080, nil), ("http://[2001:db8::1]:8080", "2001:db8::1", 8080, nil),
            ("[::1]:1", "::1", 1, nil),
            // RFC 7617 section 2.
            ("http://Aladdin:open%20sesame@proxy:3128", "proxy", 3128, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("http://test:123%C2%A3@proxy", "proxy", 80, "Basic dGVzdDoxMjPCow=="), ("http://user@proxy", "proxy", 80, "Basic dXNlcjo="),
            ("http://user:a@b:c@proxy", "proxy", 80, "Basic dXNlcjphQGI6Yw=="), ("http://:@proxy", "proxy", 80, "Basic Og=="),
        ] as [(String, String, Int, String?)])
    func readsAURL(_ url: String, _ host: String, _ port: Int, _ authorization: String?) throws {
        let proxy = try WebSocketProxy(url: url)
        #expect(proxy.host == host)
        #expect(proxy.port == port)
        #expect(proxy.authorization?.value == authorization)
    }

    @Test(arguments: [
        "", "http://", "http:///", "https://proxy:3128", "socks5://proxy:1080", "socks5h://proxy:1080", "://proxy", "http://proxy:0",
        "http://proxy:65536", "http://proxy:x", "http://proxy:", "http://proxy/path", "http://proxy?a", "http://a b", "http://[::1",
        "http://::1",
        "http://user:secret@", "http://user:secret%@proxy", "http://us%3Aer:secret@proxy", "http://user:secret@proxy:x",
        "http://proxy\r\nX: y",
    ])
    func refusesAURL(_ url: String) {
        let error = #expect(throws: InvalidConfigurationError.self) { try WebSocketProxy(url: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func doesNotShowItsAuthorization() {
        for authorization in [
            WebSocketProxy.Authorization.basic(username: "secret", password: "secret"), .bearer("secret"), .field("Digest secret"),
        ] {
            let proxy = WebSocketProxy(host: "::1", port: 3128, authorization: authorization)
            #expect(proxy.description == "[::1]:3128 with authorization")
            var dumped = ""
            dump(proxy, to: &dumped)
            for text in [
                "\(proxy)", String(reflecting: proxy), "\(authorization)", String(reflecting: authorization), "\([proxy])", dumped,
            ] {
                #expect(!text.contains("secret") && !text.contains("c2VjcmV0"), "\(text)")
            }
        }
        #expect(WebSocketProxy(host: "proxy", port: 80).description == "proxy:80")
    }

    @Test func asks() throws {
        var proxy = WebSocketProxy(host: "proxy", port: 3128)
        let request = { try String(buffer: proxy.connectRequest(targetHost: $0, targetPort: $1)) }
        #expect(try request("server.example.com", 80) == "CONNECT server.example.com:80 HTTP/1.1\r\nHost: server.example.com:80\r\n\r\n")
        #expect(try request("2001:db8::1", 443) == "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n")
        proxy.authorization = .bearer("token")
        #expect(try request("a", 1) == "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nProxy-Authorization: Bearer token\r\n\r\n")
        // Nobody's value begins another field.
        proxy.authorization = .field("Digest a=\"b\"\r\nX: y\n\nGET /")
        let text = try request("a", 1)
        #expect(text.split(separator: "\r\n").count == 3)
        #expect(!text.dropLast(4).replacing("\r\n", with: "").contains { $0.isNewline })
    }

    @Test(arguments: [
        ("", 80), ("a\r\nX: y", 80), ("a b", 80), ("é", 80), ("a", 0), ("a", 65_536), ("a", -1), (String(repeating: "a", count: 256), 80),
    ])
    func refusesATarget(_ host: String, _ port: Int) {
        let proxy = WebSocketProxy(host: "proxy", port: 3128)
        #expect(throws: WebSocketProxyError(.invalidTarget)) { try proxy.connectRequest(targetHost: host, targetPort: port) }
    }
}
