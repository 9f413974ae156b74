import NIOCore

/// How long to start nothing after processes have ended that should not have.
///
/// One failure costs nothing: it may have been the event's fault. From the second in a row each doubles the pause, from 100 ms to at most
/// 30 s, so that a function that cannot start does not keep the machine busy.
struct RestartBackoff {
    static let shortest = TimeAmount.milliseconds(100)
    static let longest = TimeAmount.seconds(30)

    private(set) var failures = 0
    private(set) var resumesAt: NIODeadline?

    func isPausing(at now: NIODeadline) -> Bool {
        guard let resumesAt else { return false }
        return now < resumesAt
    }

    mutating func failed(at now: NIODeadline) {
        self.failures += 1
        guard self.failures > 1 else { return }
        let doublings = min(self.failures - 2, 20)
        self.resumesAt = now + min(Self.longest, .nanoseconds(Self.shortest.nanoseconds << Int64(doublings)))
    }

    mutating func succeeded() {
        self.failures = 0
        self.resumesAt = nil
    }
}
