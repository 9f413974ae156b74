import NIOCore

/// How many may come: so many a second, and so many at once after a pause.
struct TokenBucket: Sendable {
    /// Nanoseconds that one token takes to come.
    private let interval: Double
    private let capacity: Double
    private var tokens: Double
    private var updatedAt: NIODeadline

    /// - Parameters:
    ///   - rate: tokens a second, at least 1.
    ///   - burst: the most tokens that are kept, at least 1. The bucket begins full.
    init(rate: Int, burst: Int, now: NIODeadline) {
        self.interval = 1_000_000_000 / Double(max(1, rate))
        self.capacity = Double(max(1, burst))
        self.tokens = self.capacity
        self.updatedAt = now
    }

    /// - Returns: whether there was a token to take.
    mutating func take(now: NIODeadline) -> Bool {
        // Loops that share a bucket may tell the time in another order than it has passed.
        if now > self.updatedAt {
            self.tokens = min(self.capacity, self.tokens + Double((now - self.updatedAt).nanoseconds) / self.interval)
            self.updatedAt = now
        }
        guard self.tokens >= 1 else { return false }
        self.tokens -= 1
        return true
    }
}
