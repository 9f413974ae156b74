import Synchronization
import Testing

@testable import ChatAWS

struct BackoffTests {
    private final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
    }

    @Test func waitsGrowUpToABoundAndAreRandomBelowIt() async throws {
        let waits = Waits()
        let backoff = Backoff(
            base: .milliseconds(10), maximum: .milliseconds(100), maximumAttempts: 7,
            sleep: { wait in waits.all.withLock { $0.append(wait) } },
            random: { 0.5 })
        var attempts = backoff.attempts()
        var count = 1
        while try await attempts.wait() { count += 1 }
        #expect(count == 7)
        #expect(waits.all.withLock { $0 } == [5, 10, 20, 40, 50, 50].map { .milliseconds($0) })
    }

    @Test func aCancelledTaskDoesNotWait() async throws {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            var attempts = Backoff(base: .seconds(3600), maximum: .seconds(3600), random: { 0.99 }).attempts()
            _ = try await attempts.wait()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
