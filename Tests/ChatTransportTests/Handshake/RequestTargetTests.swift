import Testing

@testable import ChatTransport

/// RFC 9112 section 3.2.
struct RequestTargetTests {
    @Test(arguments: [
        "", "*", "ws", "a:80", "http:", "http:/a", "http://", "http:///ws", "http://?a", "ftp://a/", "http://me@a/", "://a/", "http;//a/",
    ])
    func isNoneOfThese(_ text: String) {
        #expect(RequestTarget(Substring(text)) == nil)
    }

    /// The target's host counts, and not the field's (section 3.2.2): that is what an origin is held against.
    @Test(arguments: [("https://server.example.com", 403), ("https://other.example.com", 101)])
    func itsHostCounts(_ origin: String, _ expected: Int) async throws {
        try await withServer({ $0.origins = .sameHost }) { server in
            let status = try await WirePeer.status(from: server.port) {
                $0.line = "GET https://other.example.com/chat HTTP/1.1"
                $0.add("Origin", origin)
            }
            #expect(status == expected)
        }
    }
}
