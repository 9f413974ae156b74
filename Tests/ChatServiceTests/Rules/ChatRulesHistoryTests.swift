import ChatProtocol
import ChatService
import ChatStore
import Testing

struct ChatRulesHistoryTests {
    @Test func withoutBoundsItIsTheNewest50() {
        let step = ChatRules.sample().step(#"{"action":"history"}"#)
        #expect(step == .readHistory(HistoryRead(room: "general", range: .newest, limit: 50, maximumBytes: 65_536), ref: nil))
    }

    @Test(
        arguments: [
            (nil, 50), (1, 1), (2, 2), (50, 50), (99, 99), (100, 100), (101, 100), (Int64.max, 100),
        ] as [(Int64?, Int)])
    func aLimitIsCutTo100(_ limit: Int64?, _ expected: Int) {
        #expect(ChatRules.sample().step(.history(.init(limit: limit))).read?.limit == expected)
    }

    @Test(arguments: [0, -1, Int64.min])
    func aLimitIsAtLeastOne(_ limit: Int64) {
        #expect(ChatRules.sample().step(.history(.init(limit: limit))).error == ChatError(.invalidField, "\"limit\" must be at least 1."))
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 51, Int64.max])
    func boundsAreWhateverTheClientSays(_ sequence: Int64) {
        let rules = ChatRules.sample()
        #expect(rules.step(.history(.init(before: sequence))).read?.range == .before(sequence))
        #expect(rules.step(.history(.init(after: sequence))).read?.range == .after(sequence))
    }

    @Test func beforeAndAfterExcludeEachOther() {
        let error = ChatRules.sample().step(#"{"action":"history","before":1,"after":1}"#).error
        #expect(error == ChatError(.invalidField, "\"before\" and \"after\" exclude each other."))
    }

    @Test(arguments: [
        #"{"action":"history","ref":"1","before":1.5}"#, #"{"action":"history","ref":"1","after":"1"}"#,
        #"{"action":"history","ref":"1","limit":1e400}"#, #"{"action":"history","ref":"1","limit":null}"#,
        #"{"action":"history","ref":"1","before":9223372036854775808}"#,
    ])
    func aBoundThatIsNoIntegerIsInvalid(_ json: String) {
        let answer = ChatRules.sample().step(json).answer
        #expect(answer?.ref == "1")
        #expect(ChatRules.sample().step(json).error?.code == .invalidField)
    }
}
