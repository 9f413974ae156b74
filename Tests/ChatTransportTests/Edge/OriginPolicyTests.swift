import Testing

@testable import ChatTransport

/// RFC 6455 section 10.2, RFC 6454.
struct OriginPolicyTests {
    /// What no browser sends.
    static let malformed = [
        "", "null", "NULL", "example.com", "//example.com", "https:", "https://", "https:///", "https:example.com", "://example.com",
        "https://example.com/",
        "https://example.com/chat", "https://example.com?", "https://example.com#", "https://user@example.com", "https://example.com:",
        "https://example.com:x", "https://example.com:65536", "https://example.com:0443", "https://example.com https://example.com",
        "https://example.com, https://example.com", " https://example.com", "https://example.com\r\n", "https://[::1", "https://::1",
        "https://[example.com]", "https://exämple.com", "1https://example.com", "https://example.com.evil.test/",
        "https://" + String(repeating: "x", count: 2000),
    ]

    @Test func anyAllowsAll() {
        for origin in Self.malformed + ["https://example.com"] { #expect(OriginPolicy.any.allows(origin: origin, host: "")) }
        #expect(OriginPolicy.any.allows(origin: nil, host: "example.com"))
    }

    @Test(arguments: [
        ("https://example.com", "example.com"), ("http://example.com", "example.com"), ("https://example.com:443", "example.com"),
        ("https://example.com", "example.com:443"), ("http://example.com:80", "example.com"), ("http://example.com", "example.com:80"),
        ("HTTPS://Example.COM", "eXample.com"), ("https://example.com:8443", "example.com:8443"),
        ("http://localhost:3000", "localhost:3000"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"), ("https://[2001:db8::1]", "[2001:DB8:0::1]"), ("http://[::1]:8080", "[::1]:8080"),
    ])
    func theSameHost(_ origin: String, _ host: String) {
        #expect(OriginPolicy.sameHost.allows(origin: origin, host: host))
    }

    @Test(arguments: [
        ("https://evil.test", "example.com"), ("https://example.com.evil.test", "example.com"), ("https://evilexample.com", "example.com"),
        ("https://www.example.com", "example.com"), ("https://example.com", "www.example.com"), ("https://example.com:8443", "example.com"),
        ("https://example.com", "example.com:8443"), ("http://example.com", "example.com:443"), ("https://example.com", "example.com:80"),
        ("https://example.com.", "example.com"), ("ftp://example.com", "example.com"), ("ws://example.com", "example.com"),
        ("chrome-extension://example.com", "example.com"), ("https://example.com", ""), ("https://example.com", "example.com/"),
        ("https://example.com", "example.com, evil.test"), ("https://[::1]", "::1"),
    ])
    func anotherHost(_ origin: String, _ host: String) {
        #expect(!OriginPolicy.sameHost.allows(origin: origin, host: host))
    }

    @Test(arguments: Self.malformed) func aMalformedOrigin(_ origin: String) throws {
        #expect(!OriginPolicy.sameHost.allows(origin: origin, host: "example.com"))
        #expect(
            try !OriginPolicy.list(["https://example.com", "https://example.com.evil.test"]).allows(origin: origin, host: "example.com"))
    }

    @Test(arguments: [
        ("https://chat.example.com", true), ("https://chat.example.com:443", true), ("https://CHAT.example.com", true),
        ("http://chat.example.com", false), ("https://chat.example.com:444", false), ("https://example.com", false),
        ("https://a.chat.example.com", false), ("http://localhost:8080", true), ("http://localhost", false),
        ("https://other.example", true),
        ("http://alone.example", true), ("https://alone.example", false), ("capacitor://localhost", true), ("ionic://localhost", false),
        ("capacitor://localhost:80", false),
    ])
    func aList(_ origin: String, _ isAllowed: Bool) throws {
        let policy = try OriginPolicy.list([
            "HTTPS://Chat.example.com", "http://localhost:8080", "https://other.example/", "http://alone.example:80",
            "capacitor://localhost",
        ])
        // Whatever the host says.
        #expect(policy.allows(origin: origin, host: "example.com") == isAllowed)
        #expect(policy.allows(origin: origin, host: "") == isAllowed)
    }

    @Test(arguments: [
        "", "null", "example.com", "https://example.com/chat", "https://example.com//", "https://*.example.com", "*", "https://",
    ])
    func aListWithWhatIsNoOrigin(_ text: String) {
        #expect(throws: InvalidConfigurationError.self) { try OriginPolicy.list(["https://example.com", text]) }
    }

    @Test func withoutAnOrigin() throws {
        #expect(OriginPolicy.sameHost.allows(origin: nil, host: "example.com"))
        #expect(!OriginPolicy.sameHost(allowsMissing: false).allows(origin: nil, host: "example.com"))
        #expect(OriginPolicy.sameHost(allowsMissing: false).allows(origin: "https://example.com", host: "example.com"))
        #expect(try OriginPolicy.list([]).allows(origin: nil, host: "example.com"))
        #expect(try !OriginPolicy.list([], allowsMissing: false).allows(origin: nil, host: "example.com"))
        #expect(try !OriginPolicy.list([]).allows(origin: "https://example.com", host: "example.com"))
    }
}
