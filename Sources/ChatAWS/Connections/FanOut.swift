/// What became of the events that were sent to everybody in a room.
public struct FanOut: Sendable, Hashable {
    /// Events that connections were sent.
    public var delivered = 0
    /// Connections that were gone, and were forgotten.
    public var gone = 0
    /// Events that could not be sent to connections that are there.
    public var failed = 0
    /// From the first page of the room to the last answer.
    public var duration: Duration = .zero

    public init() {}

    enum Delivery: Sendable {
        case delivered, gone, failed
        /// It is not there yet.
        case connecting
    }

    mutating func count(_ delivery: Delivery) {
        switch delivery {
        case .delivered: self.delivered += 1
        case .gone: self.gone += 1
        case .failed: self.failed += 1
        case .connecting: break
        }
    }

    /// What became of it at other connections.
    mutating func add(_ other: Self) {
        self.delivered += other.delivered
        self.gone += other.gone
        self.failed += other.failed
    }
}
