import NIOSSL

/// Whom a client means to speak to, and which certificates are theirs (RFC 9525 section 6).
struct ServerIdentity: Sendable {
    private enum Host: Sendable {
        /// In lower case, without a dot at its end.
        case name([UInt8])
        /// Nil if it is written in a way that only resolvers read, such as `127.1`: then no certificate is theirs.
        case address(IPAddress?)
    }

    private let host: Host

    init(_ url: WebSocketURL) {
        self.host = url.isAddress ? .address(IPAddress(url.host)) : .name(Self.canonical(url.host.utf8))
    }

    /// Whether a certificate names the host. Says nothing about who has issued it.
    func isNamed(by certificate: NIOSSLCertificate) -> Bool {
        let names = certificate._subjectAlternativeNames()
        switch self.host {
        case .address(nil): return false
        case .address(let address?):
            return names.contains { $0.nameType == .ipAddress && Self.address($0.contents) == address }
        case .name(let host):
            // Where there are none, NIOSSL compares the common name with the host's, and nothing with an address.
            return names.isEmpty || names.contains { $0.nameType == .dnsName && Self.matches(Self.canonical($0.contents), host) }
        }
    }

    /// A star stands for the whole of the first label, and for nothing else (RFC 9525 section 6.3).
    private static func matches(_ pattern: [UInt8], _ host: [UInt8]) -> Bool {
        if pattern == host { return true }
        guard pattern.starts(with: "*.".utf8), let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        return pattern[1...] == host[dot...]
    }

    private static func canonical(_ name: some Sequence<UInt8>) -> [UInt8] {
        var name = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        return name
    }

    private static func address(_ bytes: some Collection<UInt8>) -> IPAddress? {
        switch bytes.count {
        case 4: IPAddress(v4: UInt32(bigEndianBytes: bytes))
        case 16: IPAddress(bits: UInt128(bigEndianBytes: bytes))
        default: nil
        }
    }
}
