import ChatProtocol
import ChatStore
import Synchronization

/// A store that keeps a message and then, if it is told to, does not say so for a while; or that cannot say where rooms are.
final class HeldStore: MessageStore {
    private struct State {
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var positionFailures: [String: StoreError] = [:]
        var historyFailure: StoreError?
    }

    let base = InMemoryStore()
    private let state = Mutex(State())

    func hold() { self.state.withLock { $0.isHeld = true } }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func failPosition(of room: String, _ error: StoreError?) { self.state.withLock { $0.positionFailures[room] = error } }
    func failHistory(_ error: StoreError?) { self.state.withLock { $0.historyFailure = error } }

    func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        let outcomes = try await self.base.append(messages)
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return outcomes
    }

    func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        if let error = self.state.withLock({ $0.historyFailure }) { throw error }
        return try await self.base.history(room: room, range: range, limit: limit, maximumBytes: maximumBytes)
    }

    func position(room: String) async throws -> RoomPosition {
        if let error = self.state.withLock({ $0.positionFailures[room] }) { throw error }
        return try await self.base.position(room: room)
    }
}
