import NIOCore
import Testing

@testable import ChatTransport

/// HAProxy's proxy-protocol.txt, section 2.2.
struct ProxyProtocolVersionTwoTests {
    static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    /// - Parameter length: what the header announces; that of `rest` by default.
    static func header(_ versionAndCommand: UInt8, _ familyAndProtocol: UInt8, _ rest: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? rest.count
        return Self.signature + [versionAndCommand, familyAndProtocol, UInt8(length >> 8), UInt8(length & 255)] + rest
    }

    /// 192.0.2.1:4660 to 198.51.100.2:443.
    static let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0x12, 0x34, 0x01, 0xBB]
    /// [2001:db8::1]:4660 to [::2]:443.
    static let v6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1] + Array(repeating: 0, count: 15) + [2, 0x12, 0x34, 0x01, 0xBB]
    static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1] + Self.v6[16...]
    static let unix: [UInt8] = Array("/run/client.sock".utf8) + Array(repeating: 0, count: 200)
    /// ALPN, an AWS endpoint and a checksum that is wrong.
    static let fields: [UInt8] = [0x01, 0, 2] + Array("h2".utf8) + [0xEA, 0, 3, 1, 0x61, 0x62] + [0x03, 0, 4, 1, 2, 3, 4]

    @Test(
        arguments: [
            (0x11, Self.v4, "192.0.2.1"), (0x11, Self.v4 + Self.fields, "192.0.2.1"), (0x21, Self.v6, "2001:db8::1"),
            (0x21, Self.v6 + Self.fields, "2001:db8::1"), (0x21, Self.mapped, "192.0.2.1"),
            (0x11, Self.v4 + Array(repeating: 0xFF, count: 4096 - 12), "192.0.2.1"),
            // Fields that do not add up: they are skipped unread.
            (0x11, Self.v4 + [0x01, 0xFF], "192.0.2.1"),
        ] as [(UInt8, [UInt8], String)])
    func aSource(_ familyAndProtocol: UInt8, _ rest: [UInt8], _ address: String) throws {
        try expectHeader(Self.header(0x21, familyAndProtocol, rest), from: SocketAddress(ipAddress: address, port: 4660))
    }

    @Test(
        arguments: [
            // LOCAL, whatever stands there.
            (0x20, 0x00, []), (0x20, 0x11, Self.v4), (0x20, 0x11, []), (0x20, 0xFF, [1, 2, 3]), (0x20, 0x00, Self.fields),
            // No family or no protocol; datagrams; Unix sockets.
            (0x21, 0x00, []), (0x21, 0x00, Self.v4), (0x21, 0x01, []), (0x21, 0x10, Self.v4), (0x21, 0x20, []), (0x21, 0x12, Self.v4),
            (0x21, 0x22, Self.v6),
            (0x21, 0x31, Self.unix), (0x21, 0x32, Self.unix + Self.fields),
        ] as [(UInt8, UInt8, [UInt8])])
    func noSource(_ versionAndCommand: UInt8, _ familyAndProtocol: UInt8, _ rest: [UInt8]) {
        expectHeader(Self.header(versionAndCommand, familyAndProtocol, rest), from: nil)
    }

    @Test(
        arguments: [
            (0x11, 0x11, Self.v4), (0x31, 0x11, Self.v4), (0x01, 0x11, Self.v4), (0x22, 0x11, Self.v4), (0x2F, 0x11, Self.v4),
            (0x00, 0x00, []),
            (0x21, 0x13, Self.v4), (0x21, 0x1F, Self.v4), (0x21, 0x41, Self.unix), (0x21, 0x40, []), (0x21, 0xF1, Self.unix),
            (0x21, 0x11, Self.v4.dropLast()), (0x21, 0x11, []), (0x21, 0x21, Self.v4), (0x21, 0x21, Self.v6.dropLast()),
            (0x21, 0x31, Self.unix.dropLast()), (0x21, 0x12, []),
            (0x21, 0x11, Self.v4 + Array(repeating: 0, count: 4097 - 12)), (0x20, 0x00, Array(repeating: 0, count: 4097)),
        ] as [(UInt8, UInt8, [UInt8])])
    func invalid(_ versionAndCommand: UInt8, _ familyAndProtocol: UInt8, _ rest: [UInt8]) {
        let header = Self.header(versionAndCommand, familyAndProtocol, rest)
        #expect(ProxyProtocolParser.result(header) == .invalid)
        #expect(ProxyProtocolParser.result(header, chunk: 1) == .invalid)
    }

    @Test func aSignatureThatIsAnother() {
        for index in Self.signature.indices {
            var header = Self.header(0x21, 0x11, Self.v4)
            header[index] ^= 1
            // Found out at that byte.
            #expect(ProxyProtocolParser.result(header.prefix(index)) == .needMore)
            #expect(ProxyProtocolParser.result(header.prefix(index + 1)) == .invalid)
            #expect(ProxyProtocolParser.result(header) == .invalid)
        }
    }

    /// Rather than to keep what it announces.
    @Test func aLengthThatIsTooLargeIsRefusedAtOnce() {
        #expect(ProxyProtocolParser.result(Self.header(0x21, 0x11, [], length: 65_535)) == .invalid)
        #expect(ProxyProtocolParser.result(Self.header(0x21, 0x11, [], length: 4097)) == .invalid)
        #expect(ProxyProtocolParser.result(Self.header(0x21, 0x11, [], length: 4096)) == .needMore)
        #expect(ProxyProtocolParser.result(Self.header(0x21, 0x11, [], length: 11)) == .invalid)
    }
}
