import ChatStore
import Foundation
import GRDB
import Synchronization

/// Keeps everything in one SQLite file: write-ahead log, one writer that commits many messages at once, readers beside it.
///
/// One process owns the file at a time. Others may read it, back it up (`sqlite3 FILE ".backup COPY"`), or take over once it
/// has ended, however it ended.
public final class SQLiteStore: Sendable {
    /// What an acknowledged message survives.
    public struct Durability: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A power cut: each commit waits for the disk (`synchronous=FULL`).
        public static let power = Self(rawValue: "power")
        /// A killed process, but not a power cut: each commit reaches the operating system (`synchronous=NORMAL`).
        public static let process = Self(rawValue: "process")
    }

    let pool: DatabasePool
    let epoch: String
    /// What the writer knows of rooms. Used on the writer only, which does one thing at a time.
    let rooms = Mutex(RoomCache())

    /// Opens the store, making the file (readable by its owner alone) and its tables if they are not there.
    ///
    /// - Parameters:
    ///   - path: the file. `-wal` and `-shm` files appear beside it while it is open.
    ///   - durability: default ``Durability/power``.
    /// - Throws: ``StoreError`` with `failed` if the file cannot be opened, is no database, or was made by a newer version.
    public init(path: String, durability: Durability = .power) throws {
        do {
            // It holds private keys and verifiers. SQLite gives its other files the mode of this one.
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            }
            var configuration = Configuration()
            configuration.label = "chat.store"
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 4
            self.pool = try DatabasePool(path: path, configuration: configuration)
            try self.pool.writeWithoutTransaction { database in
                // GRDB sets NORMAL when it turns the write-ahead log on, so this has to come after.
                try database.execute(sql: "PRAGMA synchronous = \(durability == .power ? "FULL" : "NORMAL")")
                try database.execute(sql: "PRAGMA fullfsync = ON")
            }
            let migrator = Self.migrator
            guard try !self.pool.read({ try migrator.hasBeenSuperseded($0) }) else {
                throw StoreError(.failed, "The store was written by a newer version.")
            }
            try migrator.migrate(self.pool)
            self.epoch = try self.pool.read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'epoch'") ?? "" }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.failed, "The store cannot be opened.", underlying: error)
        }
    }

    /// Closes the file. Call it when nothing uses the store any more; what comes later fails.
    ///
    /// What is in the write-ahead log goes into the file, which then can be copied by itself.
    public func close() throws {
        // If another process still reads, the log stays as it is: nothing is lost, the next to open the file finds it there.
        try? self.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try self.pool.close()
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await Self.mappingErrors { try await self.pool.read(body) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await Self.mappingErrors { try await self.pool.write(body) }
    }

    func writeWithoutTransaction<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await Self.mappingErrors { try await self.pool.writeWithoutTransaction(body) }
    }

    /// - Parameter completion: called on the writer's thread.
    func writeWithoutTransaction<Value>(
        _ body: @escaping @Sendable (Database) throws -> Value, completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.pool.asyncWriteWithoutTransaction { database in
            completion(Result { try body(database) }.mapError(Self.storeError))
        }
    }

    private static func mappingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            throw Self.storeError(error)
        }
    }

    private static func storeError(_ error: any Error) -> any Error {
        error as? StoreError ?? StoreError(.failed, "SQLite failed.", underlying: error)
    }
}
