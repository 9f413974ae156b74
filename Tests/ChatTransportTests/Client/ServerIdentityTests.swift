import Testing

@testable import ChatTransport

/// RFC 9525 section 6.
struct ServerIdentityTests {
    private static func isNamed(_ host: String, by certificate: CertificatePair) throws -> Bool {
        try ServerIdentity(WebSocketURL("wss://\(host)/")).isNamed(by: certificate.certificate())
    }

    @Test(arguments: [
        ("localhost", true), ("LocalHost", true), ("localhost.", true), ("localhos", false), ("localhost.example", false),
        ("chat.example.com", true), ("CHAT.example.com.", true), ("example.com", false), ("a.chat.example.com", false),
        (".example.com", false), ("chat.example.org", false), ("chatexample.com", false), ("com", false),
        ("127.0.0.1", true), ("127.0.0.2", false), ("[::1]", true), ("[0:0::1]", true), ("[::2]", false), ("[::]", false),
        // As a resolver may read it.
        ("127.1", false), ("2130706433", false),
        // The same bytes as the address has.
        ("0.0.0.1", false), ("[::127.0.0.1]", false),
    ])
    func namesAndAddresses(_ host: String, _ isNamed: Bool) throws {
        #expect(try Self.isNamed(host, by: .names) == isNamed)
    }

    @Test(arguments: [("127.0.0.1", true), ("127.0.0.2", false), ("localhost", false), ("one", false)])
    func anAddressAlone(_ host: String, _ isNamed: Bool) throws {
        #expect(try Self.isNamed(host, by: .loopback1) == isNamed)
    }

    /// What NIOSSL says of the common name holds; an address is not looked for there.
    @Test(arguments: [("localhost", true), ("127.0.0.1", false), ("[::1]", false)])
    func noAlternativeNames(_ host: String, _ isNamed: Bool) throws {
        #expect(try Self.isNamed(host, by: .commonName) == isNamed)
    }
}
