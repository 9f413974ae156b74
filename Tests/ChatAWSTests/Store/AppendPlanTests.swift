import ChatProtocol
import ChatStore
import Testing

@testable import ChatAWS

struct AppendPlanTests {
    private func attempt(_ messages: [NewMessage], newest: [String: Int64] = [:]) -> AppendPlan.Attempt {
        AppendPlan(messages).attempt(newest: Dictionary(uniqueKeysWithValues: newest.map { (ExactString($0), $1) }))
    }

    @Test func oneMessageIsOneItem() {
        let attempt = self.attempt([.sample(id: "m-1")], newest: ["general": 41])
        let writes = attempt.writes(to: "T")
        #expect(writes.count == 1)
        #expect(writes[0].Item?["pk"] == .string("room#general"))
        #expect(writes[0].Item?["sk"] == .string("0000000000000000042"))
        #expect(writes[0].ConditionExpression == "attribute_not_exists(#pk)")
        #expect(attempt.outcomes.map(\.receipt.sequence) == [42])
        #expect(attempt.outcomes.map(\.isNew) == [true])
    }

    @Test func aNamedMessageIsTwo() {
        let attempt = self.attempt([.sample(id: "m-1", clientMessageId: "c")])
        #expect(attempt.writes(to: "T").count == 2)
        #expect(attempt.claims.map(\.receipt) == attempt.outcomes.map(\.receipt))
    }

    @Test func manyMessagesOfARoomShareAnItem() {
        let attempt = self.attempt((0..<300).map { .sample("\($0)") }, newest: ["general": 7])
        #expect(attempt.runs.count == 1)
        #expect(attempt.runs.map(\.first) == [8])
        #expect(attempt.runs.map(\.last) == [307])
        #expect(attempt.outcomes.map(\.receipt.sequence) == Array(8...307))
    }

    @Test func noItemIsTooLarge() {
        let text = String(repeating: "x", count: 16_384)
        let attempt = self.attempt((0..<60).map { _ in .sample(text) })
        #expect(attempt.runs.count == 4)
        #expect(attempt.runs.allSatisfy { $0.item.size <= 400_000 })
        #expect(attempt.runs.flatMap { $0.messages.map(\.sequence) } == Array(1...60))
    }

    @Test func roomsAreNumberedForThemselves() {
        let rooms = ["a", "b", "b", "a", "é", "e\u{301}"]
        let attempt = self.attempt(rooms.map { .sample(room: $0) }, newest: ["b": 5])
        #expect(attempt.outcomes.map(\.receipt.sequence) == [1, 6, 7, 2, 1, 1])
        #expect(attempt.runs.count == 4)
        #expect(
            AppendPlan(rooms.map { .sample(room: $0) }).rooms.map { Array($0.utf8) } == ["a", "b", "é", "e\u{301}"].map { Array($0.utf8) })
    }

    @Test func aRepetitionInTheBatchTakesNoNumber() {
        let attempt = self.attempt(["x", nil, "x", "y"].map { .sample(clientMessageId: $0) })
        #expect(attempt.outcomes.map(\.receipt.sequence) == [1, 2, 1, 3])
        #expect(attempt.outcomes.map(\.isNew) == [true, true, false, true])
        #expect(attempt.claims.count == 2)
    }

    @Test func whatWasLearntIsNotWrittenAgain() throws {
        let message = NewMessage.sample(clientMessageId: "x")
        var plan = AppendPlan([message, .sample("other")])
        let first = MessageReceipt(room: "general", sequence: 3, messageId: "earlier")
        plan.learn([try #require(MessageClaim.Key(message)): first])
        let attempt = plan.attempt(newest: [ExactString("general"): 9])
        #expect(attempt.outcomes.map(\.receipt.sequence) == [3, 10])
        #expect(attempt.outcomes.map(\.isNew) == [false, true])
        #expect(attempt.claims.isEmpty)
        var all = AppendPlan([message])
        all.learn([try #require(MessageClaim.Key(message)): first])
        #expect(all.rooms.isEmpty)
        #expect(all.attempt(newest: [:]).runs.isEmpty)
    }

    // MARK: Verdicts

    @Test func itsOwnItemMeansThatItWasWritten() throws {
        let attempt = self.attempt([.sample(id: "m-1", clientMessageId: "c")])
        #expect(try attempt.verdict(inTheWay: [attempt.runs[0].item, nil]) == .committed)
        #expect(try attempt.verdict(inTheWay: [nil, attempt.claims[0].item]) == .committed)
    }

    @Test func somebodyElsesItemMeansThatItWasNot() throws {
        let attempt = self.attempt([.sample(id: "m-1", clientMessageId: "c")])
        let other = self.attempt([.sample(id: "m-2", clientMessageId: "c")])
        #expect(try attempt.verdict(inTheWay: [other.runs[0].item, nil]) == .lost)
        let known = [other.claims[0].key: other.claims[0].receipt]
        #expect(try attempt.verdict(inTheWay: [nil, other.claims[0].item]) == .repeated(known))
        // That the id was used says more than that the number is taken: the number does not matter any more.
        #expect(try attempt.verdict(inTheWay: [other.runs[0].item, other.claims[0].item]) == .repeated(known))
    }

    /// A caller that appends the same value again, with the id of the message and all.
    @Test func itsOwnMessageUnderAnotherNumberIsARepetition() throws {
        let message = NewMessage.sample(id: "m-1", clientMessageId: "c")
        let earlier = self.attempt([message])
        let again = self.attempt([message], newest: ["general": 1])
        let known = [earlier.claims[0].key: earlier.claims[0].receipt]
        #expect(try again.verdict(inTheWay: [nil, earlier.claims[0].item]) == .repeated(known))
    }

    @Test func nothingInTheWaySaysNothing() throws {
        #expect(try self.attempt([.sample()]).verdict(inTheWay: [nil]) == nil)
    }

    @Test func damagedItemsAreNoVerdict() {
        let attempt = self.attempt([.sample(clientMessageId: "c")])
        #expect(throws: StoreError.self) { try attempt.verdict(inTheWay: [["pk": .string("x")], nil]) }
        #expect(throws: StoreError.self) { try attempt.verdict(inTheWay: [nil, ["pk": .string("x")]]) }
    }
}
