public import ChatProtocol
public import ChatStore

/// What a request needs from its host before it can be answered.
///
/// A host carries the step out, and asks ``ChatRules`` what the outcome means.
public enum ChatStep: Sendable, Hashable {
    /// Nothing: this is the answer.
    case answer(ChatEvent)
    /// Make the message durable; then ``ChatRules/appended(_:outcome:ref:)`` or ``ChatRules/failed(_:ref:)``.
    case append(NewMessage, ref: String?)
    /// Put the connection into the room and find out how far the room has come; then ``ChatRules/joined(_:ref:)`` or ``ChatRules/failed(_:ref:)``.
    case join(room: String, ref: String?)
    /// Take the connection out of the room; then ``ChatRules/left(room:ref:)``.
    case leave(room: String, ref: String?)
    /// Read part of a room; then ``ChatRules/page(_:ref:)`` or ``ChatRules/failed(_:ref:)``.
    case readHistory(HistoryRead, ref: String?)
}

/// A page that is to be read from a store.
public struct HistoryRead: Sendable, Hashable {
    public var room: String
    public var range: HistoryRange
    public var limit: Int
    public var maximumBytes: Int

    public init(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) {
        self.room = room
        self.range = range
        self.limit = limit
        self.maximumBytes = maximumBytes
    }
}

/// What has to be told once a message is durable.
public struct AppendEffects: Sendable, Hashable {
    /// For the sender.
    public var receipt: ChatEvent
    /// For everybody in the room; nil if they were told before.
    public var broadcast: ChatEvent?
    /// The message's place in its room.
    public var sequence: Int64
}
