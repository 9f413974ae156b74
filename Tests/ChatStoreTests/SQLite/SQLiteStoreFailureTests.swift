import ChatProtocol
import ChatStore
import Synchronization
import Testing

@testable import ChatStoreSQLite

/// A transaction that fails takes everything back, also what the store believes of its rooms.
struct SQLiteStoreFailureTests {
    /// Makes inserts of the text `fail` fail, and commits after the text `fail at commit`.
    private static let triggers = [
        "CREATE TRIGGER failing BEFORE INSERT ON messages WHEN NEW.message = 'fail' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
        "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
        "CREATE TABLE children (parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)",
        """
        CREATE TRIGGER failing_at_commit AFTER INSERT ON messages WHEN NEW.message = 'fail at commit'
        BEGIN INSERT INTO children VALUES (1); END
        """,
    ]

    private static func withFailingStore(_ body: (SQLiteStore) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
            for sql in Self.triggers { _ = try await store.write { try PreparedStatement($0, sql).run() } }
            try await body(store)
            try store.close()
        }
    }

    @Test(arguments: ["fail", "fail at commit"])
    func nothingOfAFailedCallIsKept(_ text: String) async throws {
        try await Self.withFailingStore { store in
            _ = try await store.append([.sample("1"), .sample("2")])
            let error = await #expect(throws: StoreError.self) {
                try await store.append([.sample("3"), .sample("new", room: "new"), .sample(text), .sample("4")])
            }
            #expect(error?.code == .failed)
            #expect(try await store.sequences() == [1, 2])
            #expect(try await store.position(room: "new").sequence == 0)

            let outcomes = try await store.append([.sample("3", clientMessageId: "c-3"), .sample("new", room: "new"), .sample("4")])
            #expect(outcomes.map(\.receipt.sequence) == [3, 1, 4])
            #expect(outcomes.map(\.isNew) == [true, true, true])
            #expect(try await store.sequences() == [1, 2, 3, 4])
            #expect(try await store.sequences(room: "new") == [1])
        }
    }

    /// A failed append used to make the store forget its rooms only once its caller heard of it: an append that was quicker than
    /// that went on from a number that had been taken back.
    @Test(arguments: ["fail", "fail at commit"])
    func appendsBehindAFailedOneLeaveNoGap(_ text: String) async throws {
        try await Self.withFailingStore { store in
            var kept = 0
            for round in 0..<20 {
                kept += try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<10 {
                        group.addTask {
                            let fails = index % 2 == 0
                            let room = "general"
                            do {
                                _ = try await store.append([
                                    .sample("\(round)/\(index)", room: room), .sample(fails ? text : "more", room: room),
                                ])
                                return 2
                            } catch is StoreError where fails {
                                return 0
                            }
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
            #expect(kept == 200)
            #expect(try await store.sequences() == Array(1...200))
        }
    }

    @Test func whoIsCalledBackHearsOfFailures() async throws {
        let kept = Mutex<SQLiteStore?>(nil)
        try await Self.withFailingStore { store in
            let failed = await Self.callBack("fail at commit", store)
            #expect((failed as? StoreError)?.code == .failed)
            let next = await Self.callBack("1", store)
            #expect(next == nil)
            let sequences = try await store.sequences()
            #expect(sequences == [1])
            kept.withLock { $0 = store }
        }
        let closed = try #require(kept.withLock { $0 })
        let ended = await Self.callBack("2", closed)
        #expect((ended as? StoreError)?.code == .failed)
    }

    /// - Returns: what `append(_:completion:)` failed with.
    private static func callBack(_ text: String, _ store: SQLiteStore) async -> (any Error)? {
        await withCheckedContinuation { continuation in
            store.append([.sample(text)]) { result in
                if case .failure(let error) = result { continuation.resume(returning: error) } else { continuation.resume(returning: nil) }
            }
        }
    }

    /// The cache is dropped when it has grown too large; numbering may not notice.
    @Test func moreRoomsThanAreRemembered() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
            let rooms = (0..<10_050).map { "room \($0)" }
            for _ in 0..<2 { _ = try await store.append(rooms.map { .sample("text", room: $0) }) }
            let outcomes = try await store.append(rooms.map { .sample("text", room: $0) })
            #expect(outcomes.allSatisfy { $0.receipt.sequence == 3 })
            try store.close()
        }
    }
}
