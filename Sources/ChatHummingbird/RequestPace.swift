import NIOCore

/// How long a request may take to come: a fixed time, and a second more for each kibibyte of its body. Time in which the server does
/// not read is not the client's. Without I/O.
struct RequestPace {
    private static let leastBytesPerSecond = 1024

    private let timeout: TimeAmount
    /// When it began, moved on by the time in which nothing was read; nil while no request is under way.
    private var start: NIODeadline?
    private var byteCount = 0
    /// Since when nothing is read; nil while the server reads.
    private var pausedAt: NIODeadline?

    init(timeout: TimeAmount) { self.timeout = timeout }

    /// When it has taken too long; nil while no request is under way, or nothing is read.
    var deadline: NIODeadline? {
        guard self.pausedAt == nil else { return nil }
        return self.start.map { $0 + self.timeout + .seconds(Int64(self.byteCount / Self.leastBytesPerSecond)) }
    }

    /// When to look at the deadline again; nil while there is none. It may be far off, and another request's would be sooner.
    func nextLook(now: NIODeadline) -> NIODeadline? { self.deadline.map { min($0, now + self.timeout) } }

    mutating func begin(now: NIODeadline) { (self.start, self.byteCount) = (now, 0) }

    mutating func receive(_ byteCount: Int) { self.byteCount += byteCount }

    mutating func end() { self.start = nil }

    /// The server reads no further.
    mutating func pause(now: NIODeadline) { self.pausedAt = now }

    mutating func resume(now: NIODeadline) {
        guard let pausedAt else { return }
        self.pausedAt = nil
        self.start = self.start.map { $0 + (now - max($0, pausedAt)) }
    }
}
