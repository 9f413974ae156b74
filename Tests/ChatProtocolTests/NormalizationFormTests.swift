import Foundation
import Testing

@testable import ChatProtocol

/// Against Foundation's, which asks ICU.
struct NormalizationFormTests {
    @Test(arguments: [
        "", "room", "é", "e\u{301}", "a\u{30A}", "\u{212B}", "한국", "\u{1112}\u{1161}\u{11AB}", "q\u{307}\u{323}", "q\u{323}\u{307}",
        "ﬁ", "\u{0958}", "🙂👨‍👩‍👧", "x\u{1D157}\u{1D165}", "\u{FB1D}", "Ω\u{2126}", "日本語", "и\u{306}",
    ])
    func isThatOfICU(_ text: String) {
        let composed = text.precomposedStringWithCanonicalMapping
        #expect(Array(text.inNormalizationFormC.utf8) == Array(composed.utf8))
        #expect(text.isInNormalizationFormC == text.utf8.elementsEqual(composed.utf8))
    }
}
