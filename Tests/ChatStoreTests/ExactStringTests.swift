import ChatStore
import Testing

struct ExactStringTests {
    @Test(arguments: [("é", "e\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{1100}\u{1161}", "\u{AC00}")])
    func tellsApartWhatSwiftDoesNot(_ left: String, _ right: String) {
        #expect(left == right)
        #expect(ExactString(left) != ExactString(right))
        #expect(Set([ExactString(left), ExactString(right)]).count == 2)
    }

    @Test(arguments: ["", "a", "é", "a\u{0}b", "👩‍👩‍👧‍👦", String(repeating: "long", count: 100)])
    func isEqualToTheSameBytes(_ text: String) {
        let copy = String(decoding: Array(text.utf8), as: UTF8.self)
        #expect(ExactString(text) == ExactString(copy))
        #expect(ExactString(text).hashValue == ExactString(copy).hashValue)
        #expect(ExactString(text) != ExactString(text + "\u{0}"))
    }
}
