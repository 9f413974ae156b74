import NIOCore
import Testing

@testable import ChatTransport

/// RFC 4291 section 2.2 and RFC 5952.
struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("192.0.2.1", "192.0.2.1"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("fd00::1:2", "fd00::1:2"),
        ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"), ("0:0:0:0:0:FFFF:129.144.52.38", "129.144.52.38"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("::13.1.68.3", "::d01:4403"),
    ])
    func reads(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(address.socketAddress(port: 7)) == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "01.2.3.4", "00.0.0.0", "0x1.2.3.4", "1.2.3.4 ",
        "1.2.3.-4", "+1.2.3.4", "1.2.3.4\u{0}", "١.٢.٣.٤", "1.2.3.4:80", "9999999999999999.1.1.1",
        ":", ":::", "::::", ":1", "1:", ":1::", "::1:", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1%lo", "[::1]", "::1.2.3", "::1.2.3.256", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.4:5", "1:2:3:4:5:6:7:8:", "localhost",
    ])
    func refuses(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func mapsIPv4() throws {
        let mapped = try IPAddress(SocketAddress(ipAddress: "::ffff:192.0.2.1", port: 1))
        #expect(mapped == IPAddress("192.0.2.1"))
        #expect(mapped?.isIPv4 == true)
        #expect(IPAddress("::192.0.2.1")?.isIPv4 == false)
    }

    @Test func aUnixSocketHasNone() throws {
        #expect(try IPAddress(SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    /// The system's own reading and writing.
    @Test func agreesWithTheSystem() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            // Many zeros, for the gap.
            let groups = (0..<8).map { _ in
                UInt16.random(in: 0...3, using: &generator) == 0 ? UInt16.random(in: 0 ... .max, using: &generator) : 0
            }
            let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
            let address = try #require(IPAddress(text))
            let system = try SocketAddress(ipAddress: text, port: 443)
            #expect(IPAddress(system) == address)
            #expect(address.socketAddress(port: 443) == system || address.isIPv4)
            // It writes what lies in ::/96 with an IPv4 address at the end, which RFC 5952 leaves open.
            if groups[..<6].contains(where: { $0 != 0 }), !address.isIPv4 { #expect(address.description == system.ipAddress) }
            let v4 = "\(groups[0] & 255).\(groups[1] & 255).\(groups[2] >> 8).\(groups[3] & 255)"
            #expect(try IPAddress(SocketAddress(ipAddress: v4, port: 443)) == IPAddress(v4))
            #expect(IPAddress(v4)?.description == v4)
        }
    }

    /// Nothing that the system refuses is read, and nothing that it reads but does not.
    @Test func agreesWithTheSystemOnNonsense() throws {
        var generator = SeededGenerator(seed: 2)
        let pieces = ["::", ":", "1", "ffff", "0", ".", "1.2.3.4", "a"]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }.joined()
            let system = try? SocketAddress(ipAddress: text, port: 0)
            #expect(IPAddress(text) == system.flatMap { IPAddress($0) }, "\(text)")
        }
    }
}
