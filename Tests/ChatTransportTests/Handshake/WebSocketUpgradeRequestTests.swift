import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

struct WebSocketUpgradeRequestTests {
    @Test(arguments: [
        ("/", "/", ""), ("/ws", "/ws", ""), ("/ws?", "/ws", ""), ("/ws?a=b", "/ws", "a=b"), ("/ws?a=b?c=d", "/ws", "a=b?c=d"),
        ("/?a", "/", "a"), ("/%3F?a=%3F", "/%3F", "a=%3F"), ("http://a:80/ws?a=b", "/ws", "a=b"), ("HTTPS://a", "/", ""),
        ("https://a?b/c", "/", "b/c"), ("//a/ws", "//a/ws", ""),
    ])
    func splitsTheTarget(_ target: String, _ path: String, _ query: String) {
        let text = "GET \(target) HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n"
        let parsed = HandshakeHead.parse(ByteBuffer(string: text), searched: 0, limits: .init(bytes: 1000, fields: 10))
        guard case .head(let head, _) = parsed, let line = ChatTransport.HandshakeRequest(head) else {
            Issue.record("\(parsed)")
            return
        }
        let request = WebSocketUpgradeRequest(line, remoteAddress: "192.0.2.1")
        #expect(request.path == path)
        #expect(request.query == query)
        #expect(request.remoteAddress == "192.0.2.1")
        #expect(request.headers[HTTPField.Name("x-one")!] == "1")
    }

    @Test(
        arguments: [
            ([], []), ([""], []), (["chat"], ["chat"]), (["a, b"], ["a", "b"]), (["a,b,,c"], ["a", "b", "c"]), ([" a ,\tb\t"], ["a", "b"]),
            (["a, b", "c"], ["a", "b", "c"]), (["chat.v1, bearer.x.y.z"], ["chat.v1", "bearer.x.y.z"]),
        ] as [([String], [String])])
    func readsSubprotocols(_ values: [String], _ subprotocols: [String]) {
        var headers = HTTPFields()
        for value in values { headers.append(HTTPField(name: .secWebSocketProtocol, value: value)) }
        #expect(WebSocketUpgradeRequest(path: "/", headers: headers).subprotocols == subprotocols)
    }

    @Test(
        arguments: [
            ("", nil), ("token", ""), ("token=", ""), ("token=a", "a"), ("token=a=b", "a=b"), ("x=1&token=a", "a"),
            ("token=a&token=b", "a"),
            ("tokens=a", nil), ("Token=a", nil), ("x=token", nil), ("token=a%20b%2Bc+d", "a b+c+d"), ("token=%C3%A9", "é"),
            ("token=%", nil),
            ("token=%4", nil), ("token=%zz", nil), ("token=%FF", nil), ("&&token=a&", "a"), ("token=%&token=a", nil),
        ] as [(String, String?)])
    func findsAQueryItem(_ query: String, _ value: String?) {
        #expect(WebSocketUpgradeRequest(path: "/", query: query).queryItem("token") == value)
    }

    @Test(arguments: [
        ("", ""), ("abc-._~AZ09", "abc-._~AZ09"), (" ", "%20"), ("+", "%2B"), ("/?#&=%", "%2F%3F%23%26%3D%25"),
        ("é👋", "%C3%A9%F0%9F%91%8B"),
        ("\u{0}\u{7F}", "%00%7F"),
    ])
    func percentEncodes(_ text: String, _ encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
        #expect(PercentEncoding.decode(encoded.lowercased())?.lowercased() == text.lowercased())
    }

    @Test(arguments: ["%", "a%", "%a", "%g0", "%0g", "%%41", "%C3", "%ED%A0%80", "%-1", "% 1"]) func refusesEscapesThatAreNone(
        _ text: String
    ) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func everyByteComesBack() {
        let text = String(String.UnicodeScalarView((0..<0x300).compactMap(Unicode.Scalar.init(_:) as (Int) -> Unicode.Scalar?)))
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    }
}
