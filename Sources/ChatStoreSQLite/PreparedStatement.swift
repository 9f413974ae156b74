import ChatStore
import GRDB
import GRDBSQLite

/// A cached statement, bound and stepped through SQLite's own interface.
///
/// GRDB's argument lists and rows cost more than a row's insert, and its strings end at U+0000, which a message may have.
struct PreparedStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer?

    /// Tells SQLite to copy what was bound (`SQLITE_TRANSIENT`, a macro that Swift does not see).
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ database: Database, _ sql: String) throws {
        self.statement = try database.cachedStatement(sql: sql).sqliteStatement
        self.connection = database.sqliteConnection
        sqlite3_reset(self.statement)
        sqlite3_clear_bindings(self.statement)
    }

    func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(self.statement, index, value)
    }

    func bind(_ value: String, at index: Int32) {
        var value = value
        value.withUTF8 { utf8 in
            // An empty string may have no address, and without one SQLite would bind NULL.
            guard let base = utf8.baseAddress else {
                sqlite3_bind_text(self.statement, index, "", 0, Self.transient)
                return
            }
            base.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                _ = sqlite3_bind_text(self.statement, index, $0, Int32(utf8.count), Self.transient)
            }
        }
    }

    func bind(_ value: [UInt8], at index: Int32) {
        if value.isEmpty {
            sqlite3_bind_zeroblob(self.statement, index, 0)
        } else {
            sqlite3_bind_blob(self.statement, index, value, Int32(value.count), Self.transient)
        }
    }

    func bind(_ value: String?, at index: Int32) {
        if let value { self.bind(value, at: index) } else { sqlite3_bind_null(self.statement, index) }
    }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { self.bind(value, at: index) } else { sqlite3_bind_null(self.statement, index) }
    }

    func bind(_ value: [UInt8]?, at index: Int32) {
        if let value { self.bind(value, at: index) } else { sqlite3_bind_null(self.statement, index) }
    }

    /// - Returns: whether there is a row to read.
    func step() throws -> Bool {
        switch sqlite3_step(self.statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let message = sqlite3_errmsg(self.connection).map { String(cString: $0) } ?? "unknown"
            let code = sqlite3_extended_errcode(self.connection)
            sqlite3_reset(self.statement)
            throw StoreError(.failed, "SQLite failed with code \(code): \(message)")
        }
    }

    /// Runs a statement that has no rows, and makes it ready for the next use.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run() throws -> Int {
        _ = try self.step()
        sqlite3_reset(self.statement)
        return Int(sqlite3_changes(self.connection))
    }

    func reset() {
        sqlite3_reset(self.statement)
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(self.statement, column)
    }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(self.statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(self.statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(self.statement, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(self.statement, column))))
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(self.statement, column) == SQLITE_NULL
    }
}
