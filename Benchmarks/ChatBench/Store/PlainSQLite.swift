import ChatProtocol
import ChatStore
import ChatStoreSQLite
import GRDBSQLite

/// SQLite without anything around it: the ceiling that a store on it can be measured by.
final class PlainSQLite {
    private struct Failure: Error {
        var message: String
    }

    private var database: OpaquePointer?
    private var statement: OpaquePointer?
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// The same tables as the store's.
    init(path: String, durability: SQLiteStore.Durability) throws {
        guard sqlite3_open(path, &self.database) == SQLITE_OK else { throw Failure(message: "cannot open \(path)") }
        try self.execute("PRAGMA journal_mode = WAL")
        try self.execute("PRAGMA synchronous = \(durability == .power ? "FULL" : "NORMAL")")
        try self.execute(
            """
            CREATE TABLE messages (room INTEGER NOT NULL, sequence INTEGER NOT NULL, message_id TEXT NOT NULL, sender_id TEXT NOT NULL,
                sender_name TEXT NOT NULL, message TEXT NOT NULL, sent_at INTEGER NOT NULL, client_message_id TEXT,
                PRIMARY KEY (room, sequence)) WITHOUT ROWID;
            CREATE UNIQUE INDEX messages_client ON messages(room, sender_id, client_message_id) WHERE client_message_id IS NOT NULL;
            """)
        let sql = "INSERT INTO messages VALUES (1, ?, ?, ?, ?, ?, ?, NULL)"
        guard sqlite3_prepare_v2(self.database, sql, -1, &self.statement, nil) == SQLITE_OK else { throw self.failure() }
    }

    deinit {
        sqlite3_finalize(self.statement)
        sqlite3_close(self.database)
    }

    /// One transaction.
    func insert(_ message: NewMessage, count: Int, from first: Int) throws {
        try self.execute("BEGIN IMMEDIATE")
        for sequence in first..<first + count {
            sqlite3_bind_int64(self.statement, 1, Int64(sequence))
            sqlite3_bind_text(self.statement, 2, message.messageId, -1, Self.transient)
            sqlite3_bind_text(self.statement, 3, message.sender.id, -1, Self.transient)
            sqlite3_bind_text(self.statement, 4, message.sender.name, -1, Self.transient)
            sqlite3_bind_text(self.statement, 5, message.message, -1, Self.transient)
            sqlite3_bind_int64(self.statement, 6, message.sentAt.millisecondsSinceEpoch)
            guard sqlite3_step(self.statement) == SQLITE_DONE else { throw self.failure() }
            sqlite3_reset(self.statement)
        }
        try self.execute("COMMIT")
    }

    private func execute(_ sql: String) throws {
        guard sqlite3_exec(self.database, sql, nil, nil, nil) == SQLITE_OK else { throw self.failure() }
    }

    private func failure() -> Failure {
        Failure(message: String(cString: sqlite3_errmsg(self.database)))
    }
}
