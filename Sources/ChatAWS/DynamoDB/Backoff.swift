/// How long to wait before something is tried again: anything from nothing up to a bound that doubles ("full jitter"), so that those
/// who got in each other's way do not meet again.
struct Backoff: Sendable {
    /// The bound of the first wait. Default 10 ms, about what a write takes.
    var base: Duration = .milliseconds(10)
    /// The bound of every wait. Default 1 s.
    var maximum: Duration = .seconds(1)
    /// How often to try. Default 30, about 20 seconds in the end.
    var maximumAttempts = 30
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// A number from 0 up to but not including 1.
    var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    func attempts() -> Attempts { Attempts(backoff: self) }

    struct Attempts {
        let backoff: Backoff
        private(set) var count = 1

        fileprivate init(backoff: Backoff) {
            self.backoff = backoff
        }

        /// Waits for the next attempt.
        ///
        /// - Returns: false, without waiting, if there is to be none.
        /// - Throws: `CancellationError` if the task is cancelled meanwhile.
        mutating func wait() async throws -> Bool {
            guard self.count < self.backoff.maximumAttempts else { return false }
            let bound = min(self.backoff.base * (1 << min(self.count - 1, 20)), self.backoff.maximum)
            self.count += 1
            try await self.backoff.sleep(bound * self.backoff.random())
            return true
        }
    }
}
