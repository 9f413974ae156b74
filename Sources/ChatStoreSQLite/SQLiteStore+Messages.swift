public import ChatProtocol
public import ChatStore
import GRDB
import Synchronization

extension SQLiteStore: MessageStore {
    public func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        try await self.writeWithoutTransaction { try self.append(messages, in: $0) }
    }

    /// Called back on the writer's thread, inside of its access: it goes on once `completion` returns, which may not wait for this store, nor
    /// close it.
    public func append(_ messages: [NewMessage], completion: @escaping @Sendable (Result<[AppendOutcome], any Error>) -> Void) {
        self.writeWithoutTransaction({ try self.append(messages, in: $0) }, completion: completion)
    }

    public func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        try await self.read { database in
            let found = try Self.rows(in: database, room: room, range: range, limit: limit, maximumBytes: maximumBytes)
            return HistoryPage(room: room, range: range, nearestFirst: found, limit: limit, maximumBytes: maximumBytes)
        }
    }

    public func position(room: String) async throws -> RoomPosition {
        try await self.read { database in
            let statement = try PreparedStatement(database, "SELECT sequence FROM rooms WHERE name = ?")
            statement.bind(room, at: 1)
            defer { statement.reset() }
            return RoomPosition(room: room, sequence: try statement.step() ? statement.integer(0) : 0, epoch: self.epoch)
        }
    }
}

extension SQLiteStore {
    /// All of them in one transaction. For the writer.
    private func append(_ messages: [NewMessage], in database: Database) throws -> [AppendOutcome] {
        try self.rooms.withLock { rooms in
            do {
                return try Self.inTransaction(database) { try Self.append(messages, in: database, rooms: &rooms) }
            } catch {
                // The transaction was rolled back (COMMIT itself may be what failed), and with it what the cache believes. It has
                // to forget that before the writer turns to the next append, so not once the caller hears of the error.
                rooms.forget()
                throw error
            }
        }
    }

    /// As GRDB's `inTransaction`, without what that does for its observers: nobody observes messages, and an append is run most of all.
    private static func inTransaction<Value>(_ database: Database, _ body: () throws -> Value) throws -> Value {
        try PreparedStatement(database, "BEGIN IMMEDIATE").run()
        do {
            let value = try body()
            try PreparedStatement(database, "COMMIT").run()
            return value
        } catch {
            // GRDB's knows that some errors end a transaction by themselves, and tries again if a cancelled task interrupts it.
            try? database.rollback()
            throw error
        }
    }

    private static func append(
        _ messages: [NewMessage], in database: Database, rooms: inout RoomCache
    ) throws -> [AppendOutcome] {
        let version = try PreparedStatement(database, "PRAGMA data_version")
        rooms.prepare(dataVersion: try version.step() ? version.integer(0) : -1)
        version.reset()

        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(messages.count)
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO messages(room, sequence, message_id, sender_id, sender_name, message, sent_at, client_message_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(room, sender_id, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING
            """)
        // Messages of one room often follow one another: it is looked up, and its sequence kept, once a run of them.
        var index = messages.startIndex
        while index < messages.endIndex {
            let name = ExactString(messages[index].room)
            let known = try rooms[name] ?? Self.room(messages[index].room, in: database)
            var room = known
            repeat {
                outcomes.append(try Self.append(messages[index], to: &room, with: insert, in: database))
                index += 1
            } while index < messages.endIndex && ExactString(messages[index].room) == name
            rooms[name] = room
            if room.sequence != known.sequence {
                let update = try PreparedStatement(database, "UPDATE rooms SET sequence = ? WHERE id = ?")
                update.bind(room.sequence, at: 1)
                update.bind(room.id, at: 2)
                try update.run()
            }
        }
        return outcomes
    }

    private static func append(
        _ message: NewMessage, to room: inout RoomCache.Room, with insert: PreparedStatement, in database: Database
    ) throws -> AppendOutcome {
        let sequence = room.sequence + 1
        insert.bind(room.id, at: 1)
        insert.bind(sequence, at: 2)
        insert.bind(message.messageId, at: 3)
        insert.bind(message.sender.id, at: 4)
        insert.bind(message.sender.name, at: 5)
        insert.bind(message.message, at: 6)
        insert.bind(message.sentAt.millisecondsSinceEpoch, at: 7)
        insert.bind(message.clientMessageId, at: 8)
        guard try insert.run() == 1 else {
            return AppendOutcome(receipt: try Self.firstReceipt(for: message, roomId: room.id, in: database), isNew: false)
        }
        room.sequence = sequence
        let receipt = MessageReceipt(room: message.room, sequence: sequence, messageId: message.messageId)
        return AppendOutcome(receipt: receipt, isNew: true)
    }

    private static func room(_ name: String, in database: Database) throws -> RoomCache.Room {
        let select = try PreparedStatement(database, "SELECT id, sequence FROM rooms WHERE name = ?")
        select.bind(name, at: 1)
        defer { select.reset() }
        if try select.step() { return RoomCache.Room(id: select.integer(0), sequence: select.integer(1)) }
        let insert = try PreparedStatement(database, "INSERT INTO rooms(name, sequence) VALUES (?, 0)")
        insert.bind(name, at: 1)
        try insert.run()
        return RoomCache.Room(id: database.lastInsertedRowID, sequence: 0)
    }

    private static func firstReceipt(for message: NewMessage, roomId: Int64, in database: Database) throws -> MessageReceipt {
        let select = try PreparedStatement(
            database, "SELECT sequence, message_id FROM messages WHERE room = ? AND sender_id = ? AND client_message_id = ?")
        select.bind(roomId, at: 1)
        select.bind(message.sender.id, at: 2)
        select.bind(message.clientMessageId, at: 3)
        defer { select.reset() }
        guard try select.step() else { throw StoreError(.failed, "A message was neither kept nor there before.") }
        return MessageReceipt(room: message.room, sequence: select.integer(0), messageId: select.text(1))
    }

    /// The messages nearest to where the page begins first; it stops reading one message past what a page can hold.
    private static func rows(
        in database: Database, room: String, range: HistoryRange, limit: Int, maximumBytes: Int
    ) throws -> [ChatMessage] {
        let columns = """
            SELECT sequence, message_id, sender_id, sender_name, message, sent_at, client_message_id FROM messages
            WHERE room = (SELECT id FROM rooms WHERE name = ?1)
            """
        let statement: PreparedStatement
        switch range {
        case .newest:
            statement = try PreparedStatement(database, "\(columns) AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3")
            statement.bind(Int64.max, at: 2)
        case .before(let sequence):
            statement = try PreparedStatement(database, "\(columns) AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3")
            statement.bind(sequence, at: 2)
        case .after(let sequence):
            statement = try PreparedStatement(database, "\(columns) AND sequence > ?2 ORDER BY sequence ASC LIMIT ?3")
            statement.bind(sequence, at: 2)
        }
        statement.bind(room, at: 1)
        statement.bind(Int64(min(limit, Int.max - 1)) + 1, at: 3)
        defer { statement.reset() }

        var found: [ChatMessage] = []
        var bytes = 0
        // The first fits whatever its size, so it takes a second to know whether there are more.
        while bytes <= maximumBytes || found.count < 2, try statement.step() {
            let message = ChatMessage(
                room: room,
                sequence: statement.integer(0),
                messageId: statement.text(1),
                sender: ChatMessage.Sender(id: statement.text(2), name: statement.text(3)),
                message: statement.text(4),
                sentAt: Timestamp(millisecondsSinceEpoch: statement.integer(5)),
                clientMessageId: statement.isNull(6) ? nil : statement.text(6))
            bytes += message.message.utf8.count
            found.append(message)
        }
        return found
    }
}
