public import ChatProtocol
import ChatService
public import ChatStore

extension DynamoDBStore: ConnectionStore {
    /// Keeps a connection.
    ///
    /// Not in one transaction, which would cost twice: nobody relies on a connection before this returns, and what a failure leaves
    /// behind expires.
    public func insert(_ connection: ConnectionRecord) async throws {
        try await self.changing(connection.id) { table in
            let new = ConnectionItem(connection)
            let replaced = try await self.client.write(.put(new.item, into: table), returningOld: true)
            let left = try replaced.map { try ConnectionItem(id: connection.id, item: $0).rooms.subtracting(new.rooms) } ?? []
            let writes =
                left.map { DynamoDBClient.BatchWrite.delete(ConnectionItem.membershipKey(room: $0.string, id: new.id)) }
                + new.rooms.map { .put(new.membership(room: $0.string)) }
            if writes.count == 1, let item = writes[0].PutRequest?.Item {
                try await self.client.write(.put(item, into: table))
            } else {
                try await self.client.batchWrite(writes, to: table, backoff: self.backoff)
            }
        }
    }

    public func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? {
        try await self.mappingErrors {
            guard let connection = try await self.connectionItem(id, in: try Self.name(self.tables.connections, "connections")),
                connection.expiresAt > now
            else { return nil }
            return connection.record
        }
    }

    public func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool {
        try await self.changing(connectionId) { table in
            var attempts = self.backoff.attempts()
            while true {
                guard let connection = try await self.connectionItem(connectionId, in: table) else {
                    throw StoreError(.notFound, "There is no such connection.")
                }
                if connection.rooms.contains(ExactString(room)) { return true }
                guard connection.rooms.count < maximumRooms else { return false }
                let writes: [DynamoDBWrite] = [
                    .update(
                        ConnectionItem.key(id: connectionId), in: table, Self.roomsChange("ADD", room), if: connection.isUnchanged),
                    .put(connection.membership(room: room), into: table),
                ]
                // Read again, it shows what became of the transaction.
                if try await self.transactOnce(writes) { return true }
                guard try await attempts.wait() else { throw StoreError(.overloaded, "Too many change the connection at once.") }
            }
        }
    }

    public func leave(room: String, connectionId: String) async throws {
        try await self.changing(connectionId) { table in
            let key = ConnectionItem.membershipKey(room: room, id: connectionId)
            var attempts = self.backoff.attempts()
            while true {
                guard let connection = try await self.connectionItem(connectionId, in: table) else {
                    // Whoever found it gone may have found it in the room's index.
                    try await self.client.write(.delete(key, from: table))
                    return
                }
                guard connection.rooms.contains(ExactString(room)) else { return }
                let writes: [DynamoDBWrite] = [
                    .update(
                        ConnectionItem.key(id: connectionId), in: table, Self.roomsChange("DELETE", room), if: connection.isUnchanged),
                    .delete(key, from: table),
                ]
                if try await self.transactOnce(writes) { return }
                guard try await attempts.wait() else { throw StoreError(.overloaded, "Too many change the connection at once.") }
            }
        }
    }

    /// Forgets a connection: its memberships first, so that what is stopped half-way can be done again.
    public func remove(id: String) async throws {
        try await self.changing(id) { table in
            var attempts = self.backoff.attempts()
            while true {
                guard let connection = try await self.connectionItem(id, in: table) else { return }
                let memberships = connection.rooms.map {
                    DynamoDBClient.BatchWrite.delete(ConnectionItem.membershipKey(room: $0.string, id: id))
                }
                if memberships.count == 1, let key = memberships[0].DeleteRequest?.Key {
                    try await self.client.write(.delete(key, from: table))
                } else {
                    try await self.client.batchWrite(memberships, to: table, backoff: self.backoff)
                }
                do {
                    try await self.client.write(.delete(ConnectionItem.key(id: id), from: table, if: connection.isUnchanged))
                    return
                } catch let error as DynamoDBError where error.code == .conditionalCheckFailed || error.isTransient {
                    // It has joined another room meanwhile, or is gone.
                    guard try await attempts.wait() else { throw error }
                }
            }
        }
    }

    public func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.connections, "connections")
            var key = DynamoDBExpression(
                "#pk = :pk", names: ["#pk": "pk"], values: [":pk": .string(ConnectionItem.roomPartition(room))])
            if let after {
                key.text += " AND #sk > :sk"
                key.names["#sk"] = "sk"
                key.values[":sk"] = .string(ConnectionItem.memberSortKey(after))
            }
            let isThere = DynamoDBExpression(
                "#expiresAt > :now", names: ["#expiresAt": "expiresAtMilliseconds"], values: [":now": now.attribute])
            var ids: [String] = []
            try await self.client.query(DynamoDBQuery(table, key, filter: isThere, limit: min(limit, 1000))) { items in
                ids += items.compactMap { $0["connectionId"]?.string }
                return ids.count < limit
            }
            return Array(ids.prefix(limit))
        }
    }
}

extension DynamoDBStore {
    private func changing<Value>(_ id: String, _ body: (_ table: String) async throws -> Value) async throws -> Value {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.connections, "connections")
            return try await self.connectionLocks.withLocks([id]) { try await body(table) }
        }
    }

    private func connectionItem(_ id: String, in table: String) async throws -> ConnectionItem? {
        try await self.client.getItem(ConnectionItem.key(id: id), from: table).map { try ConnectionItem(id: id, item: $0) }
    }

    private static func roomsChange(_ verb: String, _ room: String) -> DynamoDBExpression {
        DynamoDBExpression(
            verb == "ADD" ? "ADD #rooms :room, #version :one" : "DELETE #rooms :room ADD #version :one",
            names: ["#rooms": "rooms", "#version": "version"], values: [":room": .stringSet([room]), ":one": .integer(1)])
    }

    /// - Returns: false if it has to be found out what became of it, or if something was changed meanwhile.
    private func transactOnce(_ writes: [DynamoDBWrite]) async throws -> Bool {
        do {
            try await self.client.transact(writes, token: MessageIdentifier.random())
            return true
        } catch let error as DynamoDBError
            where error.isAmbiguous || error.isTransient || error.reasons.contains(where: \.isConditionFailed)
        {
            return false
        }
    }
}
