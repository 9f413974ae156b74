public import ChatProtocol

/// How far a room has been told of its messages, kept where every process that appends to the room sees it.
///
/// Processes that each append and then tell the room would overtake one another. With this, each waits until the room has been told of the
/// message before its own.
public protocol AnnouncementTurns: Sendable {
    /// As of every change that has returned.
    func announcements(room: String) async throws -> AnnouncedPosition

    /// Says that whoever tells the room of a message is still doing it. Nothing, if the room has been told of that message.
    func keepTurn(room: String, sequence: Int64, until: Timestamp) async throws

    /// Takes over from a process that has stopped somewhere.
    ///
    /// - Returns: false if the room has been told of more than `announced` meanwhile, or somebody is doing it.
    func takeTurn(room: String, after announced: Int64, until: Timestamp, now: Timestamp) async throws -> Bool

    /// Says that the room has been told of all up to a message. Nothing, if it has been told of later ones.
    func endTurn(room: String, sequence: Int64) async throws
}

/// How far a room has been told.
public struct AnnouncedPosition: Sendable, Hashable {
    /// The last message that the room has been told of; nil if nothing is kept of the room.
    public var sequence: Int64?
    /// Until when somebody is at work on what comes next.
    public var busyUntil: Timestamp?

    public init(sequence: Int64? = nil, busyUntil: Timestamp? = nil) {
        self.sequence = sequence
        self.busyUntil = busyUntil
    }
}
