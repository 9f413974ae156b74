import NIOCore

/// Whether bytes are UTF-8 as RFC 3629 defines it: no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Validation {
    static func isValid(_ bytes: ByteBufferView) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var index = 0
            let count = bytes.count
            while index < count {
                // Eight bytes of ASCII at a time: most of chat is.
                while index + 8 <= count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                    index += 8
                }
                guard index < count else { break }
                let first = bytes[index]
                if first < 0x80 {
                    index += 1
                    continue
                }
                // The length of the sequence, and the range of its second byte (Unicode Standard, table 3-7).
                let length: Int
                let second: ClosedRange<UInt8>
                switch first {
                case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
                case 0xE0: (length, second) = (3, 0xA0...0xBF)
                case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
                case 0xED: (length, second) = (3, 0x80...0x9F)
                case 0xF0: (length, second) = (4, 0x90...0xBF)
                case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
                case 0xF4: (length, second) = (4, 0x80...0x8F)
                default: return false
                }
                guard index + length <= count, second.contains(bytes[index + 1]) else { return false }
                for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return false }
                index += length
            }
            return true
        }
    }
}
