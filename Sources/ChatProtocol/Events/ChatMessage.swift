/// A message as everybody in its room sees it. It never changes once it has a sequence.
public struct ChatMessage: Sendable, Hashable {
    /// Who sent a message.
    public struct Sender: Sendable, Hashable {
        /// The stable id of the user (`sub` of the token).
        public var id: String
        /// The name to show.
        public var name: String

        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    public var room: String
    /// The place of the message in its room: 1, 2, 3… without gaps.
    public var sequence: Int64
    public var messageId: String
    public var sender: Sender
    /// The text, as it was sent.
    public var message: String
    /// When the server accepted it.
    public var sentAt: Timestamp
    /// What the sender called the message, if it did.
    public var clientMessageId: String?
    public var unknownFields = UnknownFields()

    public init(
        room: String,
        sequence: Int64,
        messageId: String,
        sender: Sender,
        message: String,
        sentAt: Timestamp,
        clientMessageId: String? = nil
    ) {
        self.room = room
        self.sequence = sequence
        self.messageId = messageId
        self.sender = sender
        self.message = message
        self.sentAt = sentAt
        self.clientMessageId = clientMessageId
    }
}
