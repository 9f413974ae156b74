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

    /// How long a room stays where it is, without anybody at work, until whoever had the turn is taken for dead. Longer than from a
    /// message's being kept to its sender's being told.
    static let patience: Duration = .seconds(1)
    /// The most messages that a room is told of for others. Of older ones it has to read the history.
    static let maximumBacklog: Int64 = 100

    private static let pause: Duration = .milliseconds(15)
    private static let maximumPause: Duration = .milliseconds(200)

    let sequence: Int64
    /// Whether this is the one that appended it. Who sends a message again has its turn only if the first one has stopped.
    let isNew: Bool
    private var stands: (at: Int64, since: Timestamp)?

    init(sequence: Int64, isNew: Bool) {
        self.sequence = sequence
        self.isNew = isNew
    }

    mutating func next(_ position: AnnouncedPosition, now: Timestamp) -> Step {
        // A room of which nothing is kept is a new one, or older than the keeping.
        let announced = position.sequence ?? (self.sequence <= Self.maximumBacklog ? 0 : self.sequence - 1)
        if announced >= self.sequence { return .done }
        if self.isNew, announced == self.sequence - 1 { return .announce(after: announced) }
        let isBusy = position.busyUntil.map { $0 > now } ?? false
        if isBusy || self.stands?.at != announced { self.stands = (announced, now) }
        if let stands, now >= stands.since + Self.patience { return .takeOver(after: announced) }
        return .wait(min(Self.pause * Int(min(self.sequence - announced, 100)), Self.maximumPause))
    }
}
