import ChatProtocol

/// Slows down guessing at passwords: after some failures in a row a name is locked for a second, then two, then four…
///
/// A name is one that was asked for, whether a user has it or not. It holds in this process; several share no count.
struct SignInThrottle {
    private struct Failures {
        var count: Int
        var lockedUntil: Timestamp
        var lastAt: Timestamp
    }

    /// Failures that have no consequence yet. Cognito's number.
    static let free = 5
    /// Cognito's longest lock.
    static let maximumLock: Int64 = 15 * 60 * 1000
    /// Names that are remembered. Past it those are dropped that are not locked.
    static let maximumNames = 10_000

    private var failures: [String: Failures] = [:]

    func isLocked(_ name: String, now: Timestamp) -> Bool {
        self.failures[name].map { $0.lockedUntil > now } ?? false
    }

    mutating func recordFailure(_ name: String, now: Timestamp) {
        if self.failures.count >= Self.maximumNames { self.forgetUnlocked(now: now) }
        var entry = self.failures[name] ?? Failures(count: 0, lockedUntil: now, lastAt: now)
        if now.millisecondsSinceEpoch - entry.lastAt.millisecondsSinceEpoch > Self.maximumLock { entry.count = 0 }
        entry.count += 1
        entry.lastAt = now
        if entry.count >= Self.free {
            let lock = min(Self.maximumLock, 1000 << Int64(min(entry.count - Self.free, 20)))
            entry.lockedUntil = Timestamp(millisecondsSinceEpoch: now.millisecondsSinceEpoch + lock)
        }
        self.failures[name] = entry
    }

    mutating func recordSuccess(_ name: String) {
        self.failures[name] = nil
    }

    private mutating func forgetUnlocked(now: Timestamp) {
        self.failures = self.failures.filter { $0.value.lockedUntil > now }
        if self.failures.count >= Self.maximumNames { self.failures.removeAll() }
    }
}
