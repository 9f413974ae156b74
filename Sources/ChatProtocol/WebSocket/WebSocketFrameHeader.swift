/// What comes before a frame's payload (RFC 6455 section 5.2).
package struct WebSocketFrameHeader: Sendable, Hashable {
    package var isFinal: Bool
    /// The three reserved bits, the first in the highest of them. Permessage-deflate uses that one.
    package var reserved: UInt8
    package var opcode: WebSocketOpcode
    /// Nil for a frame that is not masked.
    package var mask: WebSocketMask?
    /// Bytes of payload.
    package var length: Int

    /// The longest header: two bytes, eight of length, four of mask.
    package static let maximumBytes = 14
    package static let compressedBit: UInt8 = 0b100

    package init(_ opcode: WebSocketOpcode, length: Int, isFinal: Bool = true, reserved: UInt8 = 0, mask: WebSocketMask? = nil) {
        self.opcode = opcode
        self.length = length
        self.isFinal = isFinal
        self.reserved = reserved
        self.mask = mask
    }

    /// What is at the start of some bytes.
    package enum Parsed {
        case needsMoreData
        case header(WebSocketFrameHeader, byteCount: Int)
        /// The length has its highest bit set, which it may not.
        case invalidLength
    }

    /// Reads a header. A length that a shorter form would hold is taken: nothing depends on it.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Parsed {
        guard bytes.count >= 2 else { return .needsMoreData }
        let (first, second) = (bytes[0], bytes[1])
        let short = Int(second & 0x7F)
        let lengthBytes = short < 126 ? 0 : short == 126 ? 2 : 8
        let isMasked = second & 0x80 != 0
        let count = 2 + lengthBytes + (isMasked ? 4 : 0)
        guard bytes.count >= count else { return .needsMoreData }
        let length: Int
        switch lengthBytes {
        case 0: length = short
        case 2: length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        default:
            guard let long = Int(exactly: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))) else {
                return .invalidLength
            }
            length = long
        }
        let mask = isMasked ? WebSocketMask(bytes.loadUnaligned(fromByteOffset: 2 + lengthBytes, as: UInt32.self)) : nil
        let header = Self(
            WebSocketOpcode(rawValue: first & 0xF), length: length, isFinal: first & 0x80 != 0, reserved: first >> 4 & 0x7, mask: mask)
        return .header(header, byteCount: count)
    }

    /// Hands out the header's bytes, with the shortest form of the length.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: Self.maximumBytes, alignment: 1) { bytes in
            bytes[0] = (self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode.rawValue
            let maskBit: UInt8 = self.mask == nil ? 0 : 0x80
            var count = 2
            switch self.length {
            case ..<126: bytes[1] = maskBit | UInt8(self.length)
            case ..<65_536:
                bytes[1] = maskBit | 126
                bytes.storeBytes(of: UInt16(self.length).bigEndian, toByteOffset: 2, as: UInt16.self)
                count = 4
            default:
                bytes[1] = maskBit | 127
                bytes.storeBytes(of: UInt64(self.length).bigEndian, toByteOffset: 2, as: UInt64.self)
                count = 10
            }
            if let mask {
                bytes.storeBytes(of: mask.word, toByteOffset: count, as: UInt32.self)
                count += 4
            }
            return body(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }
}
