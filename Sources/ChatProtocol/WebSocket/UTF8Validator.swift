/// Whether bytes are UTF-8 as RFC 3629 defines it, however they are cut: no overlong form, no surrogate, nothing above U+10FFFF.
package struct UTF8Validator: Sendable, Hashable {
    /// Continuation bytes that the current character still lacks.
    private var missing: UInt8 = 0
    /// What the next continuation byte may be; narrower than any for the second byte of some characters.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether the bytes so far end with a whole character.
    package var isComplete: Bool { self.missing == 0 }

    /// Takes the next bytes.
    ///
    /// - Returns: false as soon as no further bytes could make it valid.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = bytes.count
        while index < count {
            if self.missing == 0 {
                // Sixteen bytes of ASCII at a time: most of chat is.
                while index &+ 16 <= count,
                    (bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        | bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)) & 0x8080_8080_8080_8080 == 0
                {
                    index &+= 16
                }
                while index < count, bytes[index] < 0x80 { index &+= 1 }
                guard index < count else { return true }
                guard self.begin(bytes[index]) else { return false }
            } else {
                let byte = bytes[index]
                guard byte >= self.lower, byte <= self.upper else { return false }
                self.missing &-= 1
                (self.lower, self.upper) = (0x80, 0xBF)
            }
            index &+= 1
        }
        return true
    }

    /// The first byte of a character that is not ASCII (Unicode Standard, table 3-7).
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: self.missing = 1
        case 0xE0: (self.missing, self.lower) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE...0xEF: self.missing = 2
        case 0xED: (self.missing, self.upper) = (2, 0x9F)
        case 0xF0: (self.missing, self.lower) = (3, 0x90)
        case 0xF1...0xF3: self.missing = 3
        case 0xF4: (self.missing, self.upper) = (3, 0x8F)
        default: return false
        }
        return true
    }

    /// Whether these bytes alone are UTF-8.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = Self()
        return validator.append(bytes) && validator.isComplete
    }
}
