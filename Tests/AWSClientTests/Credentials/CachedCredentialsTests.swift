import ChatProtocol
import ChatStore
import Synchronization
import Testing

@testable import AWSClient

struct CachedCredentialsTests {
    /// Hands out what the test puts in, once the test lets it.
    private final class Source: AWSCredentialProvider {
        let calls = Recorder<Void>()
        let called: AsyncStream<Void>
        private let announce: AsyncStream<Void>.Continuation
        private let results: AsyncStream<Result<AWSCredentials, AWSError>>
        private let put: AsyncStream<Result<AWSCredentials, AWSError>>.Continuation

        init() {
            (self.called, self.announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
            (self.results, self.put) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
        }

        func answer(_ result: Result<AWSCredentials, AWSError>) { self.put.yield(result) }

        func credentials() async throws -> AWSCredentials {
            self.calls.add(())
            self.announce.yield()
            guard let result = await self.results.first(where: { _ in true }) else { throw CancellationError() }
            return try result.get()
        }
    }

    private final class Clock: Sendable {
        private let time = Mutex(Timestamp.vectors)

        var now: Timestamp { self.time.withLock { $0 } }

        func advance(_ duration: Duration) { self.time.withLock { $0 = $0 + duration } }
    }

    private let source = Source()
    private let clock = Clock()
    private let cached: CachedCredentials

    init() {
        self.cached = CachedCredentials(self.source, now: { [clock] in clock.now })
    }

    private func credentials(_ id: String, validFor duration: Duration?) -> AWSCredentials {
        AWSCredentials(accessKeyId: id, secretAccessKey: "s", expiresAt: duration.map { self.clock.now + $0 })
    }

    @Test("Credentials are kept until five minutes before their end")
    func keeps() async throws {
        self.source.answer(.success(self.credentials("1", validFor: .seconds(3600))))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        self.clock.advance(.seconds(3299))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        #expect(self.source.calls.all.count == 1)
        self.clock.advance(.seconds(1))
        self.source.answer(.success(self.credentials("2", validFor: .seconds(3600))))
        #expect(try await self.cached.credentials().accessKeyId == "2")
        #expect(self.source.calls.all.count == 2)
    }

    @Test("Credentials without an end are fetched once")
    func endless() async throws {
        self.source.answer(.success(self.credentials("1", validFor: nil)))
        _ = try await self.cached.credentials()
        self.clock.advance(.seconds(1_000_000))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        #expect(self.source.calls.all.count == 1)
    }

    @Test("All who ask at once wait for one fetch")
    func singleFlight() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await self.cached.credentials().accessKeyId } }
            for await _ in self.source.called.prefix(1) {}
            self.source.answer(.success(self.credentials("1", validFor: .seconds(3600))))
            for try await id in group { #expect(id == "1") }
        }
        #expect(self.source.calls.all.count == 1)
    }

    @Test("After a failure the old ones serve while they are valid, and the source is left alone for ten seconds")
    func failure() async throws {
        self.source.answer(.success(self.credentials("1", validFor: .seconds(3600))))
        _ = try await self.cached.credentials()
        self.clock.advance(.seconds(3400))
        self.source.answer(.failure(AWSError(.credentialsUnavailable, "")))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        self.clock.advance(.seconds(9))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        #expect(self.source.calls.all.count == 2)
        self.clock.advance(.seconds(1))
        self.source.answer(.failure(AWSError(.credentialsUnavailable, "")))
        #expect(try await self.cached.credentials().accessKeyId == "1")
        #expect(self.source.calls.all.count == 3)
        self.clock.advance(.seconds(190))
        self.source.answer(.failure(AWSError(.credentialsUnavailable, "")))
        await #expect(throws: AWSError.self) { try await self.cached.credentials() }
        self.source.answer(.success(self.credentials("2", validFor: .seconds(3600))))
        #expect(try await self.cached.credentials().accessKeyId == "2")
    }

    @Test("Who is cancelled goes; who still waits gets the credentials")
    func cancellation() async throws {
        let first = Task { try await self.cached.credentials() }
        for await _ in self.source.called.prefix(1) {}
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = Task { try await self.cached.credentials().accessKeyId }
        self.source.answer(.success(self.credentials("1", validFor: .seconds(3600))))
        #expect(try await second.value == "1")
        #expect(self.source.calls.all.count == 1)
    }

    @Test("Who is cancelled before asking is not let in")
    func cancelledBefore() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await self.cached.credentials()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.source.calls.all.isEmpty)
    }
}
