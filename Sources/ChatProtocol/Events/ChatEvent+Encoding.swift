extension ChatEvent {
    /// The event as JSON text in UTF-8, ready to be the payload of one text frame.
    ///
    /// A broadcast calls this once and shares the bytes.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: self.encodedSizeHint)
        writer.beginObject()
        switch self.kind {
        case .message(let message):
            writer.member("type", "message")
            writer.member("ref", ifPresent: self.ref)
            message.encodeMembers(into: &writer)
        case .messageAccepted(let receipt):
            writer.member("type", "messageAccepted")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", receipt.room)
            writer.member("sequence", receipt.sequence)
            writer.member("messageId", receipt.messageId)
        case .joined(let position):
            writer.member("type", "joined")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", position.room)
            writer.member("sequence", position.sequence)
            writer.member("epoch", position.epoch)
        case .left(let room):
            writer.member("type", "left")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", room)
        case .history(let page):
            writer.member("type", "history")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", page.room)
            writer.name("messages")
            writer.beginArray()
            for message in page.messages {
                writer.beginObject()
                message.encodeMembers(into: &writer)
                writer.endObject()
            }
            writer.endArray()
            writer.member("hasMore", page.hasMore)
        case .gap(let gap):
            writer.member("type", "gap")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", gap.room)
            writer.member("after", gap.after)
            writer.member("sequence", gap.sequence)
        case .error(let error):
            writer.member("type", "error")
            writer.member("ref", ifPresent: self.ref)
            writer.member("code", error.code.rawValue)
            writer.member("message", error.message)
            if let retryAfter = error.retryAfterMilliseconds { writer.member("retryAfter", retryAfter) }
        case .pong:
            writer.member("type", "pong")
            writer.member("ref", ifPresent: self.ref)
        case .unknown(let type):
            writer.member("type", type)
            writer.member("ref", ifPresent: self.ref)
        }
        writer.unknownFields(self.unknownFields)
        writer.endObject()
        return writer.bytes
    }

    /// Enough for the usual frame, so that it is written without growing.
    private var encodedSizeHint: Int {
        switch self.kind {
        case .message(let message): 320 + message.message.utf8.count
        case .history(let page): 64 + page.messages.reduce(0) { $0 + 320 + $1.message.utf8.count }
        default: 192
        }
    }
}

extension ChatMessage {
    func encodeMembers(into writer: inout JSONWriter) {
        writer.member("room", self.room)
        writer.member("sequence", self.sequence)
        writer.member("messageId", self.messageId)
        writer.name("sender")
        writer.beginObject()
        writer.member("id", self.sender.id)
        writer.member("name", self.sender.name)
        writer.endObject()
        writer.member("message", self.message)
        writer.member("sentAt", self.sentAt.description)
        writer.member("clientMessageId", ifPresent: self.clientMessageId)
        writer.unknownFields(self.unknownFields)
    }
}
