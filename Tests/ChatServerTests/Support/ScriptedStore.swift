import ChatProtocol
import ChatStore
import Synchronization

/// A store that waits and fails when a test says so.
final class ScriptedStore: MessageStore {
    enum Call: Hashable, CaseIterable { case append, history, position }

    let base: any MessageStore
    /// Before a message is kept.
    let appends = Gate()
    /// After the position was read, and before anybody is told.
    let positions = Gate()
    /// Before a page is read.
    let histories = Gate()
    private let failures = Mutex<[Call: any Error]>([:])
    private let positionCalls = Mutex<[String: Int]>([:])

    init(_ base: any MessageStore = InMemoryStore()) {
        self.base = base
    }

    func fail(_ call: Call, _ error: any Error = StoreError(.failed, "a full disk")) {
        self.failures.withLock { $0[call] = error }
    }

    func recover() { self.failures.withLock { $0 = [:] } }

    /// How often the position of a room was asked for.
    func positionCalls(_ room: String) -> Int { self.positionCalls.withLock { $0[room] ?? 0 } }

    private func check(_ call: Call) throws {
        if let error = self.failures.withLock({ $0[call] }) { throw error }
    }

    func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        await self.appends.pass()
        try self.check(.append)
        return try await self.base.append(messages)
    }

    func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        await self.histories.pass()
        try self.check(.history)
        return try await self.base.history(room: room, range: range, limit: limit, maximumBytes: maximumBytes)
    }

    func position(room: String) async throws -> RoomPosition {
        self.positionCalls.withLock { $0[room, default: 0] += 1 }
        let result: Result<RoomPosition, any Error>
        do {
            try self.check(.position)
            result = .success(try await self.base.position(room: room))
        } catch {
            result = .failure(error)
        }
        await self.positions.pass()
        return try result.get()
    }
}
