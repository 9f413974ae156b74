import NIOCore

extension ProxyProtocolParser {
    /// Binary (section 2.2).
    enum VersionTwo {
        static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

        /// The signature, version and command, family and protocol, length.
        private static let fixedLength = 16

        /// Of what follows the fixed part. The field could announce 65,535 bytes; proxies send a few hundred at most. Stops a peer
        /// from having them kept.
        static let maximumVariableLength = 4096

        /// - Returns: nil if the header is not complete; one that is wrong is found out as soon as can be.
        static func parse(_ bytes: ByteBufferView) -> Header? {
            let bytes = bytes[...]
            func byte(_ offset: Int) -> UInt8? {
                offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
            }
            guard let versionAndCommand = byte(12) else { return nil }
            guard versionAndCommand == 0x20 || versionAndCommand == 0x21 else { return .invalid }
            let isLocal = versionAndCommand == 0x20
            guard let familyAndProtocol = byte(13) else { return nil }
            guard let minimum = Self.minimumVariableLength(familyAndProtocol) ?? (isLocal ? 0 : nil) else { return .invalid }
            guard let high = byte(14), let low = byte(15) else { return nil }
            let variable = Int(high) << 8 | Int(low)
            guard variable <= Self.maximumVariableLength, isLocal || variable >= minimum else { return .invalid }
            let length = Self.fixedLength + variable
            guard bytes.count >= length else { return nil }
            let source = isLocal ? nil : Self.source(familyAndProtocol, bytes.dropFirst(Self.fixedLength))
            return .valid(source: source, length: length)
        }

        /// How long the addresses are.
        ///
        /// - Returns: nil for a family or a protocol that there is not.
        private static func minimumVariableLength(_ familyAndProtocol: UInt8) -> Int? {
            guard familyAndProtocol & 0xF <= 2 else { return nil }
            // Without a family or a protocol no addresses need follow.
            if familyAndProtocol & 0xF == 0 { return familyAndProtocol >> 4 <= 3 ? 0 : nil }
            return switch familyAndProtocol >> 4 {
            case 0: 0
            case 1: 2 * (4 + 2)
            case 2: 2 * (16 + 2)
            case 3: 2 * 108
            default: nil
            }
        }

        /// Nil for anything but TCP.
        private static func source(_ familyAndProtocol: UInt8, _ bytes: ByteBufferView) -> SocketAddress? {
            switch familyAndProtocol {
            case 0x11:
                IPAddress(v4: UInt32(bigEndianBytes: bytes.prefix(4))).socketAddress(
                    port: UInt16(bigEndianBytes: bytes.dropFirst(8).prefix(2)))
            case 0x21:
                IPAddress(bits: UInt128(bigEndianBytes: bytes.prefix(16))).socketAddress(
                    port: UInt16(bigEndianBytes: bytes.dropFirst(32).prefix(2)))
            default: nil
            }
        }
    }
}
