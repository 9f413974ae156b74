import ChatStore
import Foundation
import Testing

@testable import ChatStoreSQLite

struct SQLiteStoreFileTests {
    static func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    /// The file holds private keys, and so do the two beside it.
    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/chat.sqlite"
            let store = try SQLiteStore(path: path)
            _ = try await store.append([.sample("1")])
            for suffix in ["", "-wal", "-shm"] { #expect(try Self.mode(path + suffix) == 0o600, "\(suffix)") }
            try store.close()
        }
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/chat.sqlite"
            let store = try SQLiteStore(path: path)
            _ = try await store.write { try PreparedStatement($0, "INSERT INTO grdb_migrations VALUES ('9999 of the future')").run() }
            try store.close()
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
            #expect(error?.code == .failed)
            #expect(error?.message.contains("newer") == true)
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.txt"
            let text = Data(String(repeating: "Not a database. ", count: 200).utf8)
            try text.write(to: URL(filePath: path))
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
            #expect(error?.code == .failed)
            #expect(try Data(contentsOf: URL(filePath: path)) == text)
        }
    }

    @Test func aPathThatCannotBeIsRefused() async throws {
        try await withTemporaryDirectory { directory in
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path: directory + "/absent/chat.sqlite") }
            #expect(error?.code == .failed)
            #expect(error?.underlying != nil)
        }
    }

    @Test(arguments: [(SQLiteStore.Durability.power, Int64(2)), (.process, 1)])
    func durabilityIsSQLitesOwnSetting(_ durability: SQLiteStore.Durability, _ synchronous: Int64) async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: durability)
            let found = try await store.write { database in
                let pragma = try PreparedStatement(database, "PRAGMA synchronous")
                defer { pragma.reset() }
                return try pragma.step() ? pragma.integer(0) : -1
            }
            #expect(found == synchronous)
            try store.close()
        }
    }

    @Test func aClosedStoreFails() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite")
            try store.close()
            await #expect(throws: StoreError.self) { try await store.append([.sample("1")]) }
            await #expect(throws: StoreError.self) { try await store.position(room: "general") }
        }
    }
}
