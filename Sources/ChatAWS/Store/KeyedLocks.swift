import ChatStore
import Synchronization

/// Lets one task at a time do something to what has a name; the others wait in their order.
///
/// It keeps the tasks of one process from racing each other at DynamoDB, where every lost race is paid for. Between processes, the
/// conditions of the writes decide; nothing relies on this lock.
final class KeyedLocks: Sendable {
    /// Who waits, by the names that are taken.
    private let waiting = Mutex<[ExactString: [CheckedContinuation<Void, Never>]]>([:])

    func withLocks<Result>(_ names: [String], _ body: () async throws -> Result) async rethrows -> Result {
        // In one order for all, or two tasks would wait for each other.
        let names = Set(names.map { ExactString($0) }).sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
        for name in names { await self.take(name) }
        defer { for name in names { self.release(name) } }
        return try await body()
    }

    private func take(_ name: ExactString) async {
        await withCheckedContinuation { continuation in
            let isFree = self.waiting.withLock {
                if $0[name] == nil {
                    $0[name] = []
                    return true
                }
                $0[name]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func release(_ name: ExactString) {
        let next = self.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[name]?.isEmpty == false else {
                waiting[name] = nil
                return nil
            }
            return waiting[name]?.removeFirst()
        }
        next?.resume()
    }
}
