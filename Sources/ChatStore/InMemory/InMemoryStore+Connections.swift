public import ChatProtocol
import Synchronization

/// The connections of an ``InMemoryStore``, and which of them are in a room.
struct InMemoryConnections {
    var byId: [String: ConnectionRecord] = [:]
    var byRoom: [ExactString: Set<String>] = [:]

    mutating func remove(_ id: String) {
        guard let connection = self.byId.removeValue(forKey: id) else { return }
        for room in connection.rooms { self.forget(id, in: room) }
    }

    mutating func forget(_ id: String, in room: String) {
        let room = ExactString(room)
        self.byRoom[room]?.remove(id)
        if self.byRoom[room]?.isEmpty == true { self.byRoom[room] = nil }
    }
}

extension InMemoryStore: ConnectionStore {
    public func insert(_ connection: ConnectionRecord) async throws {
        self.connections.withLock {
            $0.remove(connection.id)
            $0.byId[connection.id] = connection
            for room in connection.rooms { $0.byRoom[ExactString(room), default: []].insert(connection.id) }
        }
    }

    public func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? {
        self.connections.withLock { $0.byId[id].flatMap { $0.expiresAt > now ? $0 : nil } }
    }

    public func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool {
        try self.connections.withLock {
            guard let rooms = $0.byId[connectionId]?.rooms else { throw StoreError(.notFound, "There is no such connection.") }
            if rooms.contains(room) { return true }
            guard rooms.count < maximumRooms else { return false }
            $0.byId[connectionId]?.rooms.insert(room)
            $0.byRoom[ExactString(room), default: []].insert(connectionId)
            return true
        }
    }

    public func leave(room: String, connectionId: String) async throws {
        self.connections.withLock {
            guard $0.byId[connectionId]?.rooms.remove(room) != nil else { return }
            $0.forget(connectionId, in: room)
        }
    }

    public func remove(id: String) async throws {
        self.connections.withLock { $0.remove(id) }
    }

    public func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] {
        self.connections.withLock { state in
            let ids = (state.byRoom[ExactString(room)] ?? []).filter { id in
                (after.map { id > $0 } ?? true) && state.byId[id].map { $0.expiresAt > now } == true
            }
            return Array(ids.sorted().prefix(limit))
        }
    }
}
