import Testing

@testable import ChatTransport

struct TrustedProxiesTests {
    private static let proxies = ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]

    @Test(arguments: [
        // No proxy, so nobody vouches for the field.
        ("203.0.113.9", ["192.0.2.1"], "203.0.113.9"), ("2001:db8::9", ["192.0.2.1"], "2001:db8::9"),
        ("11.0.0.1", ["192.0.2.1"], "11.0.0.1"),
        // One proxy.
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"), ("::1", ["192.0.2.1"], "192.0.2.1"), ("::ffff:10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("fd00::7", ["2001:DB8:0::1"], "2001:db8::1"), ("10.0.0.1", ["::ffff:192.0.2.1"], "192.0.2.1"),
        // What the client has sent itself stands before it.
        ("10.0.0.1", ["127.0.0.1, 192.0.2.1"], "192.0.2.1"), ("10.0.0.1", ["127.0.0.1", "192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["8.8.8.8, 192.0.2.1, 10.0.0.2"], "192.0.2.1"), ("10.0.0.1", ["8.8.8.8,192.0.2.1,10.0.0.2,\tfd00::3"], "192.0.2.1"),
        ("10.0.0.1", ["8.8.8.8, 192.0.2.1", "10.0.0.2", "::1"], "192.0.2.1"), ("10.0.0.1", ["<script>, 192.0.2.1"], "192.0.2.1"),
        // Nobody but proxies.
        ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", [""], "10.0.0.1"), ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["127.0.0.1"], "127.0.0.1"),
        // Something else than an address.
        ("10.0.0.1", ["unknown"], "10.0.0.1"), ("10.0.0.1", ["192.0.2.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1, _hidden, 10.0.0.2"], "10.0.0.2"), ("10.0.0.1", ["192.0.2.1, 10.0.0.2 10.0.0.3"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1, 10.0.0.256, 10.0.0.2"], "10.0.0.2"), ("10.0.0.1", ["192.0.2.1, example.com"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1, \(String(repeating: "1", count: 70))"], "10.0.0.1"),
        // Ports, brackets, empty elements.
        ("10.0.0.1", ["192.0.2.1:1234"], "192.0.2.1"), ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]:1234"], "2001:db8::1"), ("10.0.0.1", ["192.0.2.1, 10.0.0.2:80, [fd00::3]:80"], "192.0.2.1"),
        ("10.0.0.1", ["192.0.2.1:x"], "10.0.0.1"), ("10.0.0.1", ["[2001:db8::1"], "10.0.0.1"),
        ("10.0.0.1", [" , 192.0.2.1 ,, ", ","], "192.0.2.1"),
    ])
    func findsTheClient(_ peer: String, _ forwardedFor: [String], _ client: String) throws {
        let proxies = try TrustedProxies(Self.proxies)
        #expect(proxies.clientAddress(peer: peer, forwardedFor: forwardedFor) == client)
        // Nobody is trusted by default.
        #expect(TrustedProxies.none.clientAddress(peer: peer, forwardedFor: forwardedFor) == peer)
    }

    @Test func aPeerOnAUnixSocket() throws {
        let forwardedFor = ["8.8.8.8, 192.0.2.1, 10.0.0.2"]
        #expect(try TrustedProxies(Self.proxies).clientAddress(peer: nil, forwardedFor: forwardedFor) == nil)
        let proxies = try TrustedProxies(Self.proxies, trustsUnixSockets: true)
        #expect(proxies.clientAddress(peer: nil, forwardedFor: forwardedFor) == "192.0.2.1")
        #expect(proxies.clientAddress(peer: nil, forwardedFor: []) == nil)
        #expect(proxies.clientAddress(peer: nil, forwardedFor: ["unknown"]) == nil)
        #expect(proxies.clientAddress(peer: "203.0.113.9", forwardedFor: forwardedFor) == "203.0.113.9")
    }

    @Test(arguments: [false, true]) func looksAtSoManyOnly(_ isOneField: Bool) throws {
        let proxies = try TrustedProxies(Self.proxies)
        let chain = { (hops: Int) in ["192.0.2.1"] + Array(repeating: "10.0.0.2", count: hops) }
        let fields = { (hops: Int) in isOneField ? [chain(hops).joined(separator: ", ")] : chain(hops) }
        #expect(proxies.clientAddress(peer: "10.0.0.1", forwardedFor: fields(31)) == "192.0.2.1")
        #expect(proxies.clientAddress(peer: "10.0.0.1", forwardedFor: fields(32)) == "10.0.0.2")
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.1/8", "localhost", "10.0.0.0/8, ::1"]) func malformed(_ text: String) {
        #expect(throws: InvalidConfigurationError.self) { try TrustedProxies(["127.0.0.1", text]) }
    }
}
