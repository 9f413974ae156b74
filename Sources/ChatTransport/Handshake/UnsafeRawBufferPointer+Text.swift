/// How the text of a header field is read where it lies, without a string.
extension UnsafeRawBufferPointer {
    /// Without the spaces and tabs around it.
    func trimmingBlanks() -> UnsafeRawBufferPointer {
        var (start, end) = (0, self.count)
        while start < end, Self.isBlank(self[start]) { start += 1 }
        while end > start, Self.isBlank(self[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// - Parameter text: ASCII, in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        for index in self.indices {
            let byte = self[index]
            let lower = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
            guard lower == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// Whether a token is in a list of them, separated by commas (RFC 9110 section 5.6.1).
    ///
    /// - Parameter token: ASCII, in lower case.
    func hasToken(_ token: StaticString) -> Bool {
        var start = 0
        while start <= self.count {
            let end = self[start...].firstIndex(of: UInt8(ascii: ",")) ?? self.count
            if UnsafeRawBufferPointer(rebasing: self[start..<end]).trimmingBlanks().equalsIgnoringCase(token) { return true }
            start = end + 1
        }
        return false
    }
}
