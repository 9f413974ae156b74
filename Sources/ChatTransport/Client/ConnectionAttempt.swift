import NIOCore
import Synchronization

/// One attempt to connect, whose task can be cancelled without waiting for the network.
final class ConnectionAttempt: Sendable {
    private typealias Waiter = CheckedContinuation<EventLoopFuture<UpgradedChannel>, any Error>

    private struct State {
        var isCancelled = false
        /// One for each address of a name.
        var channels: [any Channel] = []
        var waiter: Waiter?
    }

    private let state = Mutex(State())

    /// Runs `connect`, which goes on by itself if the attempt is cancelled: the look-up of a name cannot be interrupted.
    ///
    /// - Throws: `CancellationError` if the attempt was cancelled, what `connect` threw otherwise.
    func run(_ connect: @escaping @Sendable () async throws -> EventLoopFuture<UpgradedChannel>) async throws -> EventLoopFuture<
        UpgradedChannel
    > {
        try await withCheckedThrowingContinuation { waiter in
            let isCancelled = self.state.withLock { state in
                if !state.isCancelled { state.waiter = waiter }
                return state.isCancelled
            }
            if isCancelled { return waiter.resume(throwing: CancellationError()) }
            Task {
                do {
                    let result = try await connect()
                    if let waiter = self.takeWaiter() { waiter.resume(returning: result) } else { await Self.discard(result) }
                } catch {
                    self.takeWaiter()?.resume(throwing: error)
                }
            }
        }
    }

    /// - Throws: `CancellationError` if the attempt was cancelled.
    func add(_ channel: any Channel) throws {
        let isCancelled = self.state.withLock { state in
            if !state.isCancelled { state.channels.append(channel) }
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }

    /// Ends its channels, and what waits in ``run(_:)``.
    func cancel() {
        let (channels, waiter) = self.state.withLock { state in
            state.isCancelled = true
            defer { (state.channels, state.waiter) = ([], nil) }
            return (state.channels, state.waiter)
        }
        for channel in channels { channel.close(promise: nil) }
        waiter?.resume(throwing: CancellationError())
    }

    private func takeWaiter() -> Waiter? {
        self.state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
    }

    /// Who has a connection must use it, be it to end it.
    private static func discard(_ result: EventLoopFuture<UpgradedChannel>) async {
        try? await result.get().run { _ in }
    }
}
