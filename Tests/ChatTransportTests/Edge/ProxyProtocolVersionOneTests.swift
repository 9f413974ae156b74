import NIOCore
import Testing

@testable import ChatTransport

/// HAProxy's proxy-protocol.txt, section 2.1.
struct ProxyProtocolVersionOneTests {
    private static let full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

    @Test(arguments: [
        ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1", 56_324),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 65_535),
        ("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0", 0),
        ("PROXY TCP6 2001:db8::1 2001:db8::2 4124 443\r\n", "2001:db8::1", 4124),
        ("PROXY TCP6 \(Self.full) \(Self.full) 65535 65535\r\n", Self.full, 65_535),
        ("PROXY TCP6 ::FFFF:192.0.2.1 ::1 1 2\r\n", "192.0.2.1", 1),
    ])
    func aSource(_ line: String, _ address: String, _ port: Int) throws {
        try expectHeader(line, from: SocketAddress(ipAddress: address, port: port))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "PROXY UNKNOWN \u{0}\u{7F}é  \r\n",
        "PROXY UNKNOWN \r\n",
        "PROXY UNKNOWN \(Self.full) \(Self.full) 65535 65535\r\n",
    ])
    func noSource(_ line: String) {
        #expect(line.utf8.count <= 107)
        expectHeader(line, from: nil)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", " PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY\r\n", "PROXY \r\n",
        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4\r\n", "PROXY TCP4\r\n",
        "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY unknown\r\n", "PROXY UNKNOWNS\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 ::1 1 2\r\n",
        "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", "PROXY TCP6 [::1] ::1 1 2\r\n",
        "PROXY TCP6 ::1%lo ::1 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 x\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rX", "PROXY UNKNOWN\n", "PROXY UNKNOWN\r\r\n",
        "PROXY UNKNOWN" + String(repeating: "x", count: 93) + "\r\n",
    ])
    func invalid(_ line: String) {
        #expect(ProxyProtocolParser.result(line.utf8) == .invalid)
        #expect(ProxyProtocolParser.result(line.utf8, chunk: 1) == .invalid)
    }

    @Test func isAsLongAsTheProtocolSays() {
        let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 107 - 16) + "\r\n"
        #expect(longest.utf8.count == 107)
        expectHeader(longest, from: nil)
        let longer = "PROXY UNKNOWN " + String(repeating: "x", count: 108 - 16) + "\r\n"
        #expect(ProxyProtocolParser.result(longer.utf8) == .invalid)
        // Not one byte more is waited for.
        #expect(ProxyProtocolParser.result(longer.utf8.prefix(106)) == .needMore)
        #expect(ProxyProtocolParser.result(longer.utf8.prefix(107)) == .invalid)
    }

    /// As soon as a byte is wrong.
    @Test(arguments: [("G", true), ("PROXX", true), ("PROXY\t", true), ("P", false), ("PROXY ", false), ("PROXY TCP9 ", false)])
    func isFoundOutEarly(_ start: String, _ isInvalid: Bool) {
        #expect(ProxyProtocolParser.result(start.utf8) == (isInvalid ? .invalid : .needMore))
    }
}
