import ChatProtocol
import ChatStore
import Testing

@testable import ChatAWS

struct HistoryFillingTests {
    private func page(
        _ range: HistoryRange, limit: Int = 10, bytes: Int = 1000, _ runs: [MessageRun], first: MessageRun? = nil
    ) -> (sequences: [Int64], hasMore: Bool) {
        var filling = HistoryFilling(range: range, limit: limit, maximumBytes: bytes)
        for run in runs where !filling.isFull { filling.take(run) }
        if let first { filling.takeFirst(first) }
        let page = filling.page(room: "general")
        return (page.messages.map(\.sequence), page.hasMore)
    }

    @Test func runsAreTakenApart() {
        let (old, new) = (MessageRun.sample(1, count: 4), MessageRun.sample(5, count: 3))
        #expect(self.page(.newest, limit: 5, [new, old]) == ([3, 4, 5, 6, 7], true))
        #expect(self.page(.before(6), limit: 2, [new, old]) == ([4, 5], true))
        #expect(self.page(.before(6), [new, old]) == ([1, 2, 3, 4, 5], false))
        #expect(self.page(.after(0), limit: 5, [old, new]) == ([1, 2, 3, 4, 5], true))
        #expect(self.page(.after(4), [new]) == ([5, 6, 7], false))
    }

    @Test func aPageMayBeginInsideOfARun() {
        let (old, new) = (MessageRun.sample(1, count: 4), MessageRun.sample(5, count: 3))
        var filling = HistoryFilling(range: .after(2), limit: 10, maximumBytes: 1000)
        filling.take(new)
        #expect(filling.missingBefore == 2)
        #expect(self.page(.after(2), [new], first: old) == ([3, 4, 5, 6, 7], false))
        #expect(self.page(.after(2), limit: 3, [new], first: old) == ([3, 4, 5], true))
        #expect(self.page(.after(6), [], first: new) == ([7], false))
        #expect(self.page(.after(7), [], first: new) == ([], false))
    }

    @Test func nothingIsMissingBeforeThePageThatBeginsRight() {
        var filling = HistoryFilling(range: .after(4), limit: 10, maximumBytes: 1000)
        filling.take(.sample(5, count: 3))
        #expect(filling.missingBefore == nil)
        #expect(HistoryFilling(range: .after(0), limit: 1, maximumBytes: 1).missingBefore == nil)
        #expect(HistoryFilling(range: .after(.min), limit: 1, maximumBytes: 1).missingBefore == nil)
        #expect(HistoryFilling(range: .newest, limit: 1, maximumBytes: 1).missingBefore == nil)
        #expect(HistoryFilling(range: .after(.max), limit: 1, maximumBytes: 1).missingBefore == .max)
    }

    /// A query that passed 3 before it was written, and saw 4 that was written after it.
    @Test func aPageEndsBeforeAMessageThatIsMissing() {
        let runs = [MessageRun.sample(1, count: 2), MessageRun.sample(4, count: 1)]
        #expect(self.page(.after(0), runs) == ([1, 2], true))
    }

    @Test func aPageEndsBeforeItHasTooManyBytes() {
        let runs = [MessageRun.sample(10, count: 5)]  // 2 bytes each.
        #expect(self.page(.after(9), bytes: 5, runs) == ([10, 11], true))
        #expect(self.page(.after(9), bytes: 0, runs) == ([10], true))
        #expect(self.page(.newest, bytes: 0, [.sample(10, count: 1)]) == ([10], false))
    }
}
