/// The addresses that share their first bits (CIDR, RFC 4632 section 3.1).
package struct IPNetwork: Sendable, Hashable {
    private let base: IPAddress
    /// Of the 128 bits, also for IPv4.
    private let prefix: Int

    /// - Parameter text: an address, which is a network of one, or an address, a slash and the number of bits.
    /// - Returns: nil if it is neither, or if a bit after the prefix is set: `10.1.2.3/8` may mean one address or sixteen million.
    package init?(_ text: some StringProtocol) {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        guard let base = IPAddress(text[..<slash]) else { return nil }
        // What is written as IPv6 has a prefix for 128 bits, even if it maps to IPv4.
        let width = text[..<slash].contains(":") ? 128 : 32
        var prefix = 128
        if slash != text.endIndex {
            guard let length = Int(decimal: text[slash...].dropFirst().utf8), length <= width else { return nil }
            prefix = length + 128 - width
        }
        guard base.bits << prefix == 0 else { return nil }
        self.base = base
        self.prefix = prefix
    }

    /// `::/0` holds no IPv4 address, although each of them maps to an IPv6 address.
    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == self.base.isIPv4 && (address.bits ^ self.base.bits) >> (128 - self.prefix) == 0
    }
}
