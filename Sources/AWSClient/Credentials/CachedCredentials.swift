package import ChatProtocol
import Synchronization

/// Keeps the credentials of another source and fetches new ones five minutes before they expire. However many ask, one fetch is under
/// way at a time, and all wait for that one. If it fails, the old ones are used as long as they are valid, and the source is asked again after
/// ten seconds.
public final class CachedCredentials: AWSCredentialProvider {
    /// How long before the end new ones are fetched. A request that is signed with credentials must arrive while they are valid.
    static var refreshWindow: Duration { .seconds(300) }
    /// How long a failed fetch is not repeated while the old credentials serve.
    static var retryInterval: Duration { .seconds(10) }

    private typealias Waiter = CheckedContinuation<AWSCredentials, any Error>

    private let source: any AWSCredentialProvider
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(StateMachine<Waiter>())

    public convenience init(_ source: any AWSCredentialProvider) {
        self.init(source, now: AWSClient.Surroundings().now)
    }

    package init(_ source: any AWSCredentialProvider, now: @escaping @Sendable () -> Timestamp) {
        self.source = source
        self.now = now
    }

    public func credentials() async throws -> AWSCredentials {
        let id = self.state.withLock { $0.newId() }
        return try await withTaskCancellationHandler {
            if let current = self.state.withLock({ $0.usable(at: self.now()) }) { return current }
            return try await withCheckedThrowingContinuation { self.enqueue($0, id: id) }
        } onCancel: {
            self.state.withLock { $0.cancel(id: id) }?.resume(throwing: CancellationError())
        }
    }

    private func enqueue(_ waiter: Waiter, id: Int) {
        let action: StateMachine<Waiter>.Action? = self.state.withLock { state in
            // A task is marked as cancelled before its handler runs: either this sees the mark, or the handler finds the waiter.
            Task.isCancelled ? nil : state.request(id: id, waiter: waiter, at: self.now())
        }
        switch action {
        case .use(let credentials): waiter.resume(returning: credentials)
        case .wait: break
        // In a task of its own, which ends with the fetch: the one who asked first may give up while others still wait.
        case .refresh: Task { await self.refresh() }
        case nil: waiter.resume(throwing: CancellationError())
        }
    }

    private func refresh() async {
        let fetched: Result<AWSCredentials, any Error>
        do {
            fetched = .success(try await self.source.credentials())
        } catch {
            fetched = .failure(error)
        }
        let (waiters, result) = self.state.withLock { $0.finish(fetched, at: self.now()) }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
