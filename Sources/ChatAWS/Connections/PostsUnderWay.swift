/// Which connections are being posted to, and which of them take so long that nobody waits for them. Without I/O.
struct PostsUnderWay {
    typealias Instant = ContinuousClock.Instant

    private let maximumConcurrency: Int
    private let patience: Duration
    /// By the number of the post.
    private var started: [Int: Instant] = [:]
    private var slow: Set<Int> = []
    private var nextNumber = 0

    /// How many times as many may be under way as otherwise, if all of those are slow.
    private static let slowFactor = 8

    init(maximumConcurrency: Int, patience: Duration) {
        self.maximumConcurrency = maximumConcurrency
        self.patience = patience
    }

    /// No other may begin before one has ended, or turned out to be slow.
    var isFull: Bool {
        self.started.count >= self.maximumConcurrency || self.count >= Self.slowFactor * self.maximumConcurrency
    }

    var count: Int { self.started.count + self.slow.count }

    /// Everybody has what was posted, but for those that are slow.
    var isReached: Bool { self.started.isEmpty }

    /// - Returns: the number of the post.
    mutating func begin(now: Instant) -> Int {
        defer { self.nextNumber += 1 }
        self.started[self.nextNumber] = now
        return self.nextNumber
    }

    mutating func end(_ number: Int) {
        if self.started.removeValue(forKey: number) == nil { self.slow.remove(number) }
    }

    /// Looks for those that have become slow.
    mutating func tick(now: Instant) {
        for (number, start) in self.started where now - start >= self.patience {
            self.started[number] = nil
            self.slow.insert(number)
        }
    }
}
