import ChatStore
import ChatStoreSQLite
import Foundation

/// Every store that this package brings.
enum Backend: CaseIterable, Sendable {
    case memory, sqlitePower, sqliteProcess

    typealias Store = MessageStore & ConnectionStore & UserStore & KeyStore

    /// Opens a store that holds nothing, and takes it away afterwards.
    func withStore(_ body: (any Store) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(InMemoryStore())
        case .sqlitePower: try await Self.withSQLite(.power, body)
        case .sqliteProcess: try await Self.withSQLite(.process, body)
        }
    }

    private static func withSQLite(_ durability: SQLiteStore.Durability, _ body: (any Store) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: durability)
            try await body(store)
            try store.close()
        }
    }
}

func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
