import NIOCore
import Testing

@testable import LambdaHost

struct LineSplitterTests {
    private func lines(_ pieces: [[UInt8]], maximum: Int = 8) -> [String] {
        var splitter = LineSplitter(maximumBytes: maximum)
        var lines: [String] = []
        for piece in pieces { splitter.receive(ByteBuffer(bytes: piece)) { lines.append($0) } }
        splitter.finish { lines.append($0) }
        return lines
    }

    @Test(
        arguments: [
            ([""], []), (["a\nb\n"], ["a", "b"]), (["a\nb"], ["a", "b"]), (["a", "b\n", "\n"], ["ab", ""]), (["a\r\nb\r\n"], ["a", "b"]),
            (["12345678\n"], ["12345678"]), (["123456789\n"], ["12345678", "9"]),
            (["1234", "5678", "90", "\nx"], ["12345678", "90", "x"]),
            (["1234567ö\n"], ["1234567", "ö"]),
        ] as [([String], [String])])
    func cutsAtLineEndsAndAtTheLimit(pieces: [String], expected: [String]) {
        #expect(self.lines(pieces.map { Array($0.utf8) }) == expected)
    }

    @Test func cutsTheSameHoweverTheBytesCome() {
        let text = Array("first\nsecond line that is long\r\n\nüüüüüüü\nlast".utf8)
        let whole = self.lines([text])
        #expect(self.lines(text.map { [$0] }) == whole)
        #expect(whole.joined() == "firstsecond line that is longüüüüüüülast")
        for line in whole { #expect(line.utf8.count <= 8) }
    }

    @Test func repairsWhatIsNoText() {
        #expect(self.lines([[0xFF, 0x41, 0x0A]]) == ["\u{FFFD}A"])
        #expect(self.lines([[UInt8](repeating: 0x80, count: 20)]).count == 3)
    }
}
