/// UTF-8 with characters of every length, mostly ASCII.
enum TextGenerator {
    private static let pieces: [[UInt8]] = [
        "a", "hello, ", "{\"type\":\"message\"}", "é", "ß", "\u{7FF}", "\u{800}", "€", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "😀",
        "\u{10FFFF}",
        "\u{0}", "\n", "0123456789abcdef", "the quick brown fox ",
    ].map { Array($0.utf8) }

    static func text(_ count: Int, _ random: inout FuzzRandom) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < count { text += random.pick(self.pieces) }
        return text
    }

    /// Lengths that code treats differently are likelier than those between them.
    static func length(_ random: inout FuzzRandom) -> Int {
        switch random.below(4000) {
        case 0: random.pick([65_534, 65_535, 65_536, 65_537, 32_768, 32_769])
        case 1..<20: random.within(300...5000)
        case 20..<200: random.within(129...260)
        case 200..<500: random.pick([124, 125, 126, 127, 128])
        case 500..<900: 0
        default: random.within(1...32)
        }
    }
}
