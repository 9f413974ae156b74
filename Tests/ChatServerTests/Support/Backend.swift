import ChatStore
import ChatStoreSQLite
import Foundation
import NIOCore
import NIOPosix

/// The stores that a gateway is tried with.
enum Backend: CaseIterable, Sendable {
    case memory, sqlite

    func withStore<Value>(_ body: (any MessageStore) async throws -> Value) async throws -> Value {
        switch self {
        case .memory: return try await body(InMemoryStore())
        case .sqlite:
            return try await withTemporaryDirectory { directory in
                let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
                let value = try await body(store)
                try store.close()
                return value
            }
        }
    }
}

func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
}

/// Returns once something holds that nobody announces. The test's time limit ends the wait if it never does.
func until(_ condition: () async throws -> Bool) async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    while try await !condition() {
        try Task.checkCancellation()
        // Not in a circle of its own, which would take the processor from what is waited for.
        try await eventLoop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
    }
}
