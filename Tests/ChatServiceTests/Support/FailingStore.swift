import ChatProtocol
import ChatStore
import Synchronization

/// A store of which some calls fail.
final class FailingStore: MessageStore, ConnectionStore {
    enum Call: Hashable, CaseIterable { case append, history, position, insert, connection, join, leave, remove, connections }

    let base = InMemoryStore()
    private let failures = Mutex<[Call: any Error]>([:])
    private let hasNoOutcomes = Mutex(false)

    func fail(_ call: Call, _ error: any Error = StoreError(.failed, "a full disk")) {
        self.failures.withLock { $0[call] = error }
    }

    func recover() { self.failures.withLock { $0 = [:] } }

    /// It answers for fewer messages than it was given, as no right store would.
    func answerForNone() { self.hasNoOutcomes.withLock { $0 = true } }

    private func check(_ call: Call) throws {
        if let error = self.failures.withLock({ $0[call] }) { throw error }
    }

    func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        try self.check(.append)
        let outcomes = try await self.base.append(messages)
        return self.hasNoOutcomes.withLock({ $0 }) ? [] : outcomes
    }

    func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        try self.check(.history)
        return try await self.base.history(room: room, range: range, limit: limit, maximumBytes: maximumBytes)
    }

    func position(room: String) async throws -> RoomPosition {
        try self.check(.position)
        return try await self.base.position(room: room)
    }

    func insert(_ connection: ConnectionRecord) async throws {
        try self.check(.insert)
        try await self.base.insert(connection)
    }

    func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? {
        try self.check(.connection)
        return try await self.base.connection(id: id, now: now)
    }

    func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool {
        try self.check(.join)
        return try await self.base.join(room: room, connectionId: connectionId, maximumRooms: maximumRooms)
    }

    func leave(room: String, connectionId: String) async throws {
        try self.check(.leave)
        try await self.base.leave(room: room, connectionId: connectionId)
    }

    func remove(id: String) async throws {
        try self.check(.remove)
        try await self.base.remove(id: id)
    }

    func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] {
        try self.check(.connections)
        return try await self.base.connections(room: room, after: after, limit: limit, now: now)
    }
}
