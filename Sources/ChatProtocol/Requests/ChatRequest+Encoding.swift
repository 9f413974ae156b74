extension ChatRequest {
    /// The request as JSON text in UTF-8, ready to be the payload of one text frame.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.beginObject()
        switch self.action {
        case .sendMessage(let outgoing):
            writer.member("action", "sendMessage")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", outgoing.room)
            writer.member("message", outgoing.message)
            writer.member("clientMessageId", ifPresent: outgoing.clientMessageId)
        case .joinRoom(let room):
            writer.member("action", "joinRoom")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", room)
        case .leaveRoom(let room):
            writer.member("action", "leaveRoom")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", room)
        case .history(let query):
            writer.member("action", "history")
            writer.member("ref", ifPresent: self.ref)
            writer.member("room", query.room)
            if let before = query.before { writer.member("before", before) }
            if let after = query.after { writer.member("after", after) }
            if let limit = query.limit { writer.member("limit", limit) }
        case .ping:
            writer.member("action", "ping")
            writer.member("ref", ifPresent: self.ref)
        }
        writer.unknownFields(self.unknownFields)
        writer.endObject()
        return writer.bytes
    }
}
