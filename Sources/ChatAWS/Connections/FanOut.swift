/// What became of an event that was sent to everybody in a room.
public struct FanOut: Sendable, Hashable {
    /// Connections that it was sent to.
    public var delivered = 0
    /// Connections that were gone, and were forgotten.
    public var gone = 0
    /// Connections that are there, but that it could not be sent to.
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
}
