/// Ids that no other message has, without asking anybody.
public enum MessageIdentifier {
    /// 128 random bits as 32 hexadecimal digits.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let words: [UInt64] = [generator.next(), generator.next()]
        return String(unsafeUninitializedCapacity: 32) { buffer in
            let digits: StaticString = "0123456789abcdef"
            for index in 0..<32 {
                buffer[index] = digits.utf8Start[Int((words[index / 16] >> UInt64(4 * (index % 16))) & 0xF)]
            }
            return 32
        }
    }
}
