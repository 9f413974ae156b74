import ChatProtocol
import ChatStore
import Synchronization

/// A store whose appends last until a test ends them, so that it can do things while one is under way.
final class HeldStore: MessageStore {
    private struct State {
        var held: CheckedContinuation<[AppendOutcome], any Error>?
        var position: Int64 = 0
        var underway: [NewMessage] = []
    }

    private let state = Mutex(State())
    private let begun: AsyncStream<[String]>
    private let report: AsyncStream<[String]>.Continuation

    init() {
        (self.begun, self.report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    /// The texts of the next append, once it has begun.
    func nextAppend() async -> [String]? {
        var iterator = self.begun.makeAsyncIterator()
        return await iterator.next()
    }

    /// Lets the append that is under way succeed.
    ///
    /// - Parameter omitting: how many outcomes are missing at the end, as no right store would have it.
    func succeed(omitting: Int = 0) {
        let (held, outcomes) = self.state.withLock { state in
            let outcomes = state.underway.map { message in
                state.position += 1
                let receipt = MessageReceipt(room: message.room, sequence: state.position, messageId: message.messageId)
                return AppendOutcome(receipt: receipt, isNew: true)
            }
            defer { state.held = nil }
            return (state.held, outcomes.dropLast(omitting))
        }
        held?.resume(returning: Array(outcomes))
    }

    func fail(_ error: any Error) {
        self.state.withLock { state in
            defer { state.held = nil }
            return state.held
        }?.resume(throwing: error)
    }

    func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        try await withCheckedThrowingContinuation { continuation in
            self.state.withLock {
                precondition($0.held == nil, "two appends at once")
                $0.held = continuation
                $0.underway = messages
            }
            self.report.yield(messages.map(\.message))
        }
    }

    func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        HistoryPage(room: room, messages: [], hasMore: false)
    }

    func position(room: String) async throws -> RoomPosition {
        RoomPosition(room: room, sequence: self.state.withLock(\.position), epoch: "held")
    }
}
