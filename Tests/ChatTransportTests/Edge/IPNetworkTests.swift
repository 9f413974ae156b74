import Testing

@testable import ChatTransport

/// RFC 4632 section 3.1.
struct IPNetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("10.0.0.0/8", "::a00:1", false), ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true), ("192.0.2.1/32", "192.0.2.1", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "2001:db8::1", true),
        ("::/0", "203.0.113.9", false), ("::1", "::1", true), ("::1", "::2", false), ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fe00::1", false), ("2001:db8::/33", "2001:db8:8000::", false), ("::ffff:10.0.0.0/104", "10.9.9.9", true),
        ("::ffff:0:0/96", "10.9.9.9", true), ("::1/128", "::1", true),
    ])
    func contains(_ network: String, _ address: String, _ contains: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(#require(IPAddress(address))) == contains)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/x", "10.0.0.0/255.0.0.0",
        "10.1.0.0/8",
        "10.0.0.1/31", "10/8", "::/129", "fd00::1/8", "::1/127", "::ffff:10.1.0.0/104", "[::1]", "localhost", "10.0.0.0 /8",
        "10.0.0.0/99999999999999999999",
    ])
    func refuses(_ text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
