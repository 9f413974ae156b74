import ChatProtocol
import ChatStore
import Testing

@testable import ChatService

/// What the outcome of a step means to the client and to the room.
struct ChatRulesOutcomeTests {
    let rules = ChatRules.sample()
    let message = NewMessage(
        room: "swift", messageId: "m-9", sender: .bob, message: "hi", sentAt: ManualClock().now, clientMessageId: "c-1")

    @Test func aNewMessageIsAcknowledgedAndShown() {
        let receipt = MessageReceipt(room: "swift", sequence: 7, messageId: "m-9")
        let effects = self.rules.appended(self.message, outcome: AppendOutcome(receipt: receipt, isNew: true), ref: "1")
        #expect(effects.receipt == ChatEvent(.messageAccepted(receipt), ref: "1"))
        let shown = ChatMessage(
            room: "swift", sequence: 7, messageId: "m-9", sender: .bob, message: "hi", sentAt: ManualClock().now, clientMessageId: "c-1")
        #expect(effects.broadcast == ChatEvent(.message(shown)), "without the sender's ref")
    }

    @Test func aRepeatedMessageGetsItsFirstReceiptAndIsShownToNobody() {
        let receipt = MessageReceipt(room: "swift", sequence: 3, messageId: "m-1")
        let effects = self.rules.appended(self.message, outcome: AppendOutcome(receipt: receipt, isNew: false), ref: nil)
        #expect(effects.receipt == ChatEvent(.messageAccepted(receipt)))
        #expect(effects.broadcast == nil)
    }

    @Test func theOtherOutcomesBecomeTheirEvents() {
        let position = RoomPosition(room: "swift", sequence: 7, epoch: "e")
        #expect(self.rules.joined(position, ref: "3") == ChatEvent(.joined(position), ref: "3"))
        #expect(self.rules.left(room: "swift", ref: "4") == ChatEvent(.left(room: "swift"), ref: "4"))
        let page = HistoryPage(room: "swift", messages: [self.message.numbered(1)], hasMore: true)
        #expect(self.rules.page(page, ref: nil) == ChatEvent(.history(page)))
    }

    @Test func aStoreThatHasTooMuchToDoSaysWhenToTryAgain() {
        let error = ChatError(.unavailable, "Too much is waiting to be kept.", retryAfterMilliseconds: 1000)
        #expect(self.rules.failed(StoreError(.overloaded, "secret"), ref: "1") == ChatEvent(.error(error), ref: "1"))
    }

    @Test func aStoreThatIsClosedMeansThatTheServerGoesDown() {
        let error = ChatError(.unavailable, "The server is going down.", retryAfterMilliseconds: 1000)
        #expect(self.rules.failed(StoreError(.closed, "secret"), ref: nil) == ChatEvent(.error(error)))
    }

    private struct DiskFull: Error {}

    /// Nothing of what the backend said goes out.
    @Test(
        arguments: [
            StoreError(.failed, "secret", underlying: DiskFull()), StoreError(.notFound, "secret"), StoreError(.conflict, "secret"),
            StoreError(.alreadyExists, "secret"), DiskFull(), CancellationError(),
        ] as [any Error])
    func anyOtherFailureIsInternal(_ error: any Error) {
        let expected = ChatEvent(.error(ChatError(.internalError, "The server failed.")), ref: "1")
        #expect(self.rules.failed(error, ref: "1") == expected)
    }
}
