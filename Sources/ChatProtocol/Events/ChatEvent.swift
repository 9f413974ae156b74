/// Something a server tells a client: one text frame, an object with `type`.
public struct ChatEvent: Sendable, Hashable {
    /// The `ref` of the request that this answers; nil for what the server says of its own accord.
    public var ref: String?
    public var kind: Kind
    public var unknownFields = UnknownFields()

    public init(_ kind: Kind, ref: String? = nil) {
        self.kind = kind
        self.ref = ref
    }

    /// The kinds of event. A `type` that this version does not know arrives as ``unknown(type:)``, never as an error.
    public enum Kind: Sendable, Hashable {
        /// A message in a room that the connection is in.
        case message(ChatMessage)
        /// The answer to `sendMessage`: the message is durable.
        case messageAccepted(MessageReceipt)
        /// The answer to `joinRoom`.
        case joined(RoomPosition)
        /// The answer to `leaveRoom`.
        case left(room: String)
        /// The answer to `history`.
        case history(HistoryPage)
        /// Messages of a room were not sent to this connection, which read too slowly.
        case gap(RoomGap)
        /// A request failed.
        case error(ChatError)
        /// The answer to `ping`.
        case pong
        /// An event of a newer protocol.
        case unknown(type: String)
    }
}

/// What the sender of a message gets back, once the message cannot be lost any more.
public struct MessageReceipt: Sendable, Hashable {
    public var room: String
    public var sequence: Int64
    public var messageId: String

    public init(room: String, sequence: Int64, messageId: String) {
        self.room = room
        self.sequence = sequence
        self.messageId = messageId
    }
}

/// How far a room has come: the sequence of its newest message (0 in an empty room) within an epoch.
///
/// The epoch changes only if a room's numbering starts anew, as when its store was lost; positions of different epochs cannot
/// be compared.
public struct RoomPosition: Sendable, Hashable {
    public var room: String
    public var sequence: Int64
    public var epoch: String

    public init(room: String, sequence: Int64, epoch: String) {
        self.room = room
        self.sequence = sequence
        self.epoch = epoch
    }
}

/// Messages of a room that a connection was not sent, since too much was waiting for it already: those after ``after``, up to
/// ``sequence``. They are kept, and read with `history`; what follows them is sent again.
public struct RoomGap: Sendable, Hashable {
    public var room: String
    /// The last sequence that the connection was sent.
    public var after: Int64
    /// The last sequence that it was not sent.
    public var sequence: Int64

    public init(room: String, after: Int64, sequence: Int64) {
        self.room = room
        self.after = after
        self.sequence = sequence
    }
}

/// Part of a room's messages, oldest first.
public struct HistoryPage: Sendable, Hashable {
    public var room: String
    public var messages: [ChatMessage]
    /// Whether there are more in the direction that was asked for: older ones, or newer ones with `after`.
    public var hasMore: Bool

    public init(room: String, messages: [ChatMessage], hasMore: Bool) {
        self.room = room
        self.messages = messages
        self.hasMore = hasMore
    }
}
