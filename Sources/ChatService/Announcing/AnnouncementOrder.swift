import ChatProtocol
import ChatStore

/// Decides when a room may be told of one message: after the one before it, or when whoever had that has stopped. Without I/O.
struct AnnouncementOrder {
    enum Step: Equatable {
        /// The room has been told of it.
        case done
        /// It is this one's turn.
        case announce(after: Int64)
        /// Somebody has stopped half-way. If the turn can be taken, the room is told of all that it missed.
        case takeOver(after: Int64)
        /// Ask again after that.
        case wait(Duration)
    }

    /// The most messages that a room is told of for others. Of older ones it has to read the history.
    static let maximumBacklog: Int64 = 100
    /// The same for a room of which nothing is kept: a new one, or one that is older than the keeping and has been told.
    static let maximumUnknownBacklog: Int64 = 10

    private static let pause: Duration = .milliseconds(15)
    private static let maximumPause: Duration = .milliseconds(200)

    let sequence: Int64
    /// Whether this is the one that appended it. Who sends a message again has its turn only if the first one has stopped.
    let isNew: Bool
    /// How long a room stays where it is, without anybody at work, until whoever had the turn is taken for dead.
    let patience: Duration
    private var stands: (at: Int64, since: Timestamp)?

    init(sequence: Int64, isNew: Bool, patience: Duration) {
        self.sequence = sequence
        self.isNew = isNew
        self.patience = patience
    }

    /// - Parameter now: from before the position was asked for, so that a slow answer does not count as somebody's silence.
    mutating func next(_ position: AnnouncedPosition, now: Timestamp) -> Step {
        // Who repeats an old message must not lead the room back to it.
        if position.sequence == nil, !self.isNew, self.sequence > 1 { return .done }
        let announced = position.sequence ?? max(0, self.sequence - 1 - Self.maximumUnknownBacklog)
        if announced >= self.sequence { return .done }
        let isBusy = position.busyUntil.map { $0 > now } ?? false
        // Somebody who is at work right before it has taken over, this one among the rest.
        if self.isNew, announced == self.sequence - 1, !isBusy { return .announce(after: announced) }
        if isBusy || self.stands?.at != announced { self.stands = (announced, now) }
        if let stands, now >= stands.since + self.patience { return .takeOver(after: announced) }
        return .wait(min(Self.pause * Int(min(self.sequence - announced, 100)), Self.maximumPause))
    }
}
