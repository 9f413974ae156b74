public import ChatProtocol
public import ChatStore
import GRDB

extension SQLiteStore: ConnectionStore {
    public func insert(_ connection: ConnectionRecord) async throws {
        try await self.write { database in
            try Self.removeConnection(connection.id, in: database)
            let insert = try PreparedStatement(database, "INSERT INTO connections VALUES (?, ?, ?, ?, ?)")
            insert.bind(connection.id, at: 1)
            insert.bind(connection.user.id, at: 2)
            insert.bind(connection.user.name, at: 3)
            insert.bind(connection.connectedAt.millisecondsSinceEpoch, at: 4)
            insert.bind(connection.expiresAt.millisecondsSinceEpoch, at: 5)
            try insert.run()
            for room in connection.rooms { try Self.insertMembership(room: room, connectionId: connection.id, in: database) }
        }
    }

    public func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? {
        try await self.read { database in
            let select = try PreparedStatement(
                database, "SELECT user_id, user_name, connected_at, expires_at FROM connections WHERE id = ? AND expires_at > ?")
            select.bind(id, at: 1)
            select.bind(now.millisecondsSinceEpoch, at: 2)
            defer { select.reset() }
            guard try select.step() else { return nil }
            return ConnectionRecord(
                id: id,
                user: ChatMessage.Sender(id: select.text(0), name: select.text(1)),
                connectedAt: Timestamp(millisecondsSinceEpoch: select.integer(2)),
                expiresAt: Timestamp(millisecondsSinceEpoch: select.integer(3)),
                rooms: try Self.rooms(connectionId: id, in: database))
        }
    }

    public func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool {
        try await self.write { database in
            let select = try PreparedStatement(database, "SELECT 1 FROM connections WHERE id = ?")
            select.bind(connectionId, at: 1)
            let found = try select.step()
            select.reset()
            guard found else { throw StoreError(.notFound, "There is no such connection.") }
            let rooms = try Self.rooms(connectionId: connectionId, in: database)
            if rooms.contains(room) { return true }
            guard rooms.count < maximumRooms else { return false }
            try Self.insertMembership(room: room, connectionId: connectionId, in: database)
            return true
        }
    }

    public func leave(room: String, connectionId: String) async throws {
        try await self.write { database in
            let delete = try PreparedStatement(database, "DELETE FROM memberships WHERE room = ? AND connection = ?")
            delete.bind(room, at: 1)
            delete.bind(connectionId, at: 2)
            try delete.run()
        }
    }

    public func remove(id: String) async throws {
        try await self.write { try Self.removeConnection(id, in: $0) }
    }

    public func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] {
        try await self.read { database in
            let select = try PreparedStatement(
                database,
                """
                SELECT connection FROM memberships JOIN connections ON id = connection
                WHERE room = ? AND connection > ? AND expires_at > ? ORDER BY connection LIMIT ?
                """)
            select.bind(room, at: 1)
            select.bind(after ?? "", at: 2)
            select.bind(now.millisecondsSinceEpoch, at: 3)
            select.bind(Int64(limit), at: 4)
            defer { select.reset() }
            var ids: [String] = []
            while try select.step() { ids.append(select.text(0)) }
            return ids
        }
    }
}

extension SQLiteStore {
    private static func removeConnection(_ id: String, in database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM connections WHERE id = ?")  // Its memberships go with it.
        delete.bind(id, at: 1)
        try delete.run()
    }

    private static func insertMembership(room: String, connectionId: String, in database: Database) throws {
        let insert = try PreparedStatement(database, "INSERT INTO memberships VALUES (?, ?)")
        insert.bind(room, at: 1)
        insert.bind(connectionId, at: 2)
        try insert.run()
    }

    private static func rooms(connectionId: String, in database: Database) throws -> Set<String> {
        let select = try PreparedStatement(database, "SELECT room FROM memberships WHERE connection = ?")
        select.bind(connectionId, at: 1)
        defer { select.reset() }
        var rooms: Set<String> = []
        while try select.step() { rooms.insert(select.text(0)) }
        return rooms
    }
}
