/// Something a client asks of a server: one text frame, an object with `action` (API Gateway's route key).
public struct ChatRequest: Sendable, Hashable {
    /// What the answer repeats, so that the client can tell which request it belongs to.
    public var ref: String?
    public var action: ChatAction
    public var unknownFields = UnknownFields()

    public init(_ action: ChatAction, ref: String? = nil) {
        self.action = action
        self.ref = ref
    }
}

/// What a client can ask for.
public enum ChatAction: Sendable, Hashable {
    case sendMessage(OutgoingMessage)
    case joinRoom(room: String)
    case leaveRoom(room: String)
    case history(HistoryQuery)
    case ping
}

/// A message that is not yet accepted.
public struct OutgoingMessage: Sendable, Hashable {
    public var room: String
    public var message: String
    /// Names this message for its sender: sending it again with the same id in the same room returns the first receipt.
    public var clientMessageId: String?

    public init(room: String = ChatDefaults.room, message: String, clientMessageId: String? = nil) {
        self.room = room
        self.message = message
        self.clientMessageId = clientMessageId
    }
}

/// Which part of a room's messages: the newest without bounds, else those before or after a sequence.
public struct HistoryQuery: Sendable, Hashable {
    public var room: String
    /// Only messages with a lower sequence, the nearest ones.
    public var before: Int64?
    /// Only messages with a higher sequence, the nearest ones. Not together with `before`.
    public var after: Int64?
    /// How many at most; the server has a default and a maximum (``ChatLimits``).
    public var limit: Int64?

    public init(room: String = ChatDefaults.room, before: Int64? = nil, after: Int64? = nil, limit: Int64? = nil) {
        self.room = room
        self.before = before
        self.after = after
        self.limit = limit
    }
}
