import ChatProtocol
import ChatService
import Synchronization

/// Turns in memory, by the rules of their protocol.
final class ManualTurns: AnnouncementTurns {
    struct Call: Hashable {
        var name: String
        var sequence: Int64
    }

    private struct State {
        var rooms: [String: AnnouncedPosition] = [:]
        var calls: [Call] = []
    }

    private let state = Mutex(State())

    init(_ rooms: [String: AnnouncedPosition] = [:]) { self.state.withLock { $0.rooms = rooms } }

    /// Changes that were asked for, in their order.
    var calls: [Call] { self.state.withLock(\.calls) }

    func announcements(room: String) async throws -> AnnouncedPosition { self.state.withLock { $0.rooms[room] ?? AnnouncedPosition() } }

    func keepTurn(room: String, sequence: Int64, until: Timestamp) async throws {
        self.state.withLock { state in
            state.calls.append(Call(name: "keep", sequence: sequence))
            guard (state.rooms[room]?.sequence ?? 0) < sequence else { return }
            state.rooms[room, default: AnnouncedPosition()].busyUntil = until
        }
    }

    func takeTurn(room: String, after announced: Int64, until: Timestamp, now: Timestamp) async throws -> Bool {
        self.state.withLock { state in
            state.calls.append(Call(name: "take", sequence: announced))
            let position = state.rooms[room] ?? AnnouncedPosition()
            guard (position.sequence ?? 0) <= announced, position.busyUntil.map({ $0 <= now }) ?? true else { return false }
            state.rooms[room, default: AnnouncedPosition()].busyUntil = until
            return true
        }
    }

    func endTurn(room: String, sequence: Int64) async throws {
        self.state.withLock { state in
            state.calls.append(Call(name: "end", sequence: sequence))
            guard (state.rooms[room]?.sequence ?? 0) < sequence else { return }
            state.rooms[room] = AnnouncedPosition(sequence: sequence)
        }
    }
}
