import ChatProtocol
import ChatService
import ChatStore
import Testing

struct MessageIdentifierTests {
    @Test func itIs32LowerCaseHexadecimalDigits() {
        for _ in 0..<1000 {
            let id = MessageIdentifier.random()
            #expect(id.utf8.count == 32)
            #expect(id.allSatisfy { "0123456789abcdef".contains($0) })
        }
    }

    @Test func noTwoAreTheSame() {
        let ids = Set((0..<100_000).map { _ in MessageIdentifier.random() })
        #expect(ids.count == 100_000)
    }

    /// A place that never changed would be bits that are not random. The odds against a right one failing: 16^-999 a place.
    @Test func everyDigitVaries() {
        let ids = (0..<1000).map { _ in Array(MessageIdentifier.random().utf8) }
        for place in 0..<32 {
            #expect(Set(ids.map { $0[place] }).count > 1, "digit \(place) is always the same")
        }
    }

    @Test func messagesGetThemByDefault() {
        let rules = ChatRules()
        let ids = (0..<100).compactMap { _ in rules.step(.sendMessage(.init(message: "a"))).appended?.messageId }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.utf8.count == 32 })
    }
}
