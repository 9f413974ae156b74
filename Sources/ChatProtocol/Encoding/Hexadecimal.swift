/// Bytes as hexadecimal digits, two a byte.
package enum Hexadecimal {
    /// In lower case.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: self.digits(of: bytes), as: UTF8.self)
    }

    /// In lower case.
    package static func digits(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits: StaticString = "0123456789abcdef"
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            text.append(digits.utf8Start[Int(byte >> 4)])
            text.append(digits.utf8Start[Int(byte & 0xF)])
        }
        return text
    }

    /// - Returns: nil if there is another character, or nothing. An odd number of digits is read with a zero in front.
    package static func decode(_ text: String) -> [UInt8]? {
        guard !text.isEmpty else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2 + 1)
        var high: UInt8? = text.utf8.count % 2 == 1 ? 0 : nil
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
