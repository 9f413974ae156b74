import NIOCore

/// How long a request may take to come: a fixed time, and a second more for each kibibyte of its body. Without I/O.
struct RequestPace {
    private static let leastBytesPerSecond = 1024

    private let timeout: TimeAmount
    /// Nil while no request is under way.
    private var start: NIODeadline?
    private var byteCount = 0

    init(timeout: TimeAmount) { self.timeout = timeout }

    /// When it has taken too long; nil while no request is under way.
    var deadline: NIODeadline? {
        self.start.map { $0 + self.timeout + .seconds(Int64(self.byteCount / Self.leastBytesPerSecond)) }
    }

    mutating func begin(now: NIODeadline) { (self.start, self.byteCount) = (now, 0) }

    mutating func receive(_ byteCount: Int) { self.byteCount += byteCount }

    mutating func end() { self.start = nil }

    /// The time begins anew: it was the server that did not read on.
    mutating func forgive(now: NIODeadline) {
        if self.start != nil { self.begin(now: now) }
    }
}
