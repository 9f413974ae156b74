import Synchronization

/// A gate that calls pass one by one. A test shuts it to have them wait, and learns of each that has come to it.
final class Gate: Sendable {
    private struct State {
        var isShut = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (self.arrivals, self.arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000))
    }

    func shut() {
        self.state.withLock { $0.isShut = true }
    }

    func open() {
        self.release { $0.isShut = false }
    }

    /// Lets those through that wait, and stays shut.
    func letThrough() {
        self.release { _ in }
    }

    private func release(_ change: (inout State) -> Void) {
        let waiting = self.state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once another call has come to it.
    func nextArrival() async throws {
        var iterator = self.arrivals.makeAsyncIterator()
        if await iterator.next() == nil { throw CancellationError() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let mayPass = self.state.withLock { state in
                if state.isShut { state.waiting.append(continuation) }
                return !state.isShut
            }
            self.arrival.yield()
            if mayPass { continuation.resume() }
        }
    }
}
