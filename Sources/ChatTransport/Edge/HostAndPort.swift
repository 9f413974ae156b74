/// A host, which is a name or an address, and perhaps a port, as they stand in `Host`, `Origin` and `X-Forwarded-For`
/// (RFC 3986 section 3.2).
struct HostAndPort: Sendable, Hashable {
    /// In lower case, without brackets; an address in its canonical form.
    var host: String
    var port: Int?

    /// - Returns: nil if the host is empty or contains what no host does, or if the port is not one. An IPv6 address needs brackets.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 300 else { return nil }
        let end: String.Index
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]"), let address = IPAddress(v6: text[..<bracket].dropFirst().utf8) else { return nil }
            self.host = address.description
            end = text.index(after: bracket)
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
            guard end != text.startIndex, text[..<end].utf8.allSatisfy(Self.isNameByte) else { return nil }
            self.host = text[..<end].lowercased()
        }
        if end != text.endIndex {
            guard text[end] == ":", let port = UInt16(decimal: text[end...].dropFirst().utf8) else { return nil }
            self.port = Int(port)
        }
    }

    /// Names that browsers send are ASCII, those of other scripts too (RFC 5890).
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
