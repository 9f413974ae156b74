package import NIOCore

/// Whom to count a connection for: an IPv4 address, or the /64 of an IPv6 address, within which a host makes as many addresses for
/// itself as it likes (RFC 8981).
package struct AddressKey: Sendable, Hashable {
    private let isIPv4: Bool
    private let bits: UInt64

    package init(_ address: IPAddress) {
        self.isIPv4 = address.isIPv4
        self.bits = UInt64(truncatingIfNeeded: self.isIPv4 ? address.bits : address.bits >> 64)
    }

    /// Allocates nothing.
    ///
    /// - Returns: nil for a Unix domain socket, behind which may be anybody.
    package init?(_ address: SocketAddress) {
        guard let address = IPAddress(address) else { return nil }
        self.init(address)
    }

    /// - Returns: nil if the text is no address; it may have neither port nor brackets.
    package init?(_ text: some StringProtocol) {
        guard let address = IPAddress(text) else { return nil }
        self.init(address)
    }
}
