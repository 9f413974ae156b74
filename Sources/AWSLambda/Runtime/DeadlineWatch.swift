import Synchronization

/// Says when an invocation has run for too long, from Swift's shared threads: the handler may be what keeps the event loop from seeing it.
///
/// A deadline that is not earlier than the last one costs nothing: the sleep that is under way looks again when it ends.
final class DeadlineWatch: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var watched: (deadline: Instant, expired: @Sendable () -> Void)?
        var sleep: (until: Instant, task: Task<Void, Never>)?
    }

    private let state = Mutex(State())

    /// - Parameter expired: called at most once, on any thread, and no more after ``disarm()`` has returned but for a call that has begun.
    func arm(at deadline: Instant, expired: @escaping @Sendable () -> Void) {
        self.state.withLock { state in
            state.watched = (deadline, expired)
            self.sleep(until: deadline, &state)
        }
    }

    func disarm() { self.state.withLock { $0.watched = nil } }

    /// Ends the sleep that is under way.
    func stop() {
        self.state.withLock { state in
            state.watched = nil
            state.sleep?.task.cancel()
            state.sleep = nil
        }
    }

    private func sleep(until deadline: Instant, _ state: inout State) {
        if let sleep = state.sleep, sleep.until <= deadline { return }
        state.sleep?.task.cancel()
        let task = Task.detached {
            do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
            self.woke(deadline)
        }
        state.sleep = (deadline, task)
    }

    private func woke(_ until: Instant) {
        let expired: (@Sendable () -> Void)? = self.state.withLock { state in
            // One that was replaced just as it ended is none of ours any more.
            guard state.sleep?.until == until else { return nil }
            state.sleep = nil
            guard let watched = state.watched else { return nil }
            guard watched.deadline <= .now else {
                self.sleep(until: watched.deadline, &state)
                return nil
            }
            state.watched = nil
            return watched.expired
        }
        expired?()
    }
}
