/// UTF-8 by the standard library, and by trying: slow, and nothing of the code under test.
enum ReferenceUTF8 {
    static func isValid(_ bytes: some Collection<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// Whether more bytes could make it valid.
    static func canBecomeValid(_ bytes: [UInt8]) -> Bool {
        if self.isValid(bytes) { return true }
        for cut in 1...3 where cut <= bytes.count {
            guard self.isValid(bytes.dropLast(cut)) else { continue }
            let start = Array(bytes.suffix(cut))
            // Whatever the next byte may be, one of these is among it, and any other may be 0x80.
            for next: UInt8 in [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] {
                for count in 0...2 where self.isValid(start + [next] + Array(repeating: 0x80, count: count)) { return true }
            }
        }
        return false
    }
}
