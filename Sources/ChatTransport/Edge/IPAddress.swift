package import NIOCore

/// An IPv4 or IPv6 address without port and zone, in a fixed size.
///
/// An IPv4 address has the bits of the IPv6 address that it maps to (RFC 4291 section 2.5.5.2), so that a client which reaches a
/// socket for both families is the same client either way.
package struct IPAddress: Sendable, Hashable {
    package let bits: UInt128

    package init(bits: UInt128) {
        self.bits = bits
    }

    package init(v4 bits: UInt32) {
        self.bits = 0xFFFF << 32 | UInt128(bits)
    }

    /// - Returns: nil for the address of a Unix domain socket.
    package init?(_ address: SocketAddress) {
        // Where the parts of the system's addresses lie is read here from raw bytes: the module that defines them has another name on
        // every platform. `packedIPAddress` serves too, but allocates.
        switch address {
        case .v4: self.init(v4: address.withSockAddr { UInt32(bigEndianBytes: UnsafeRawBufferPointer(start: $0, count: $1)[4..<8]) })
        case .v6: self.init(bits: address.withSockAddr { UInt128(bigEndianBytes: UnsafeRawBufferPointer(start: $0, count: $1)[8..<24]) })
        case .unixDomainSocket: return nil
        }
    }

    package var isIPv4: Bool { self.bits >> 32 == 0xFFFF }

    package func socketAddress(port: UInt16) -> SocketAddress {
        let count = self.isIPv4 ? 4 : 16
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: self.bits >> (8 * (count - 1 - $0))) }
        // Throws for other lengths only.
        return try! SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: Int(port))
    }
}

extension FixedWidthInteger {
    /// Exactly as many bytes as the type has.
    init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}
