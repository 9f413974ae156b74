extension ChatEvent {
    /// Reads an event from the payload of one text frame.
    ///
    /// - Throws: ``ChatError`` with `malformedRequest` if the text is no JSON object with a `type`, with `invalidField` if a member
    ///   that the type needs is missing or of the wrong type.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(ChatError) {
        let decoded: Result<ChatEvent, ChatError> = bytes.withMemoryRebound(to: UInt8.self) { bytes in
            do throws(ChatError) {
                return .success(try Self.decode(bytes))
            } catch {
                return .failure(error)
            }
        }
        self = try decoded.get()
    }

    /// Reads an event from bytes that are contiguous, as those of an array are.
    public init(decoding bytes: [UInt8]) throws(ChatError) {
        let decoded: Result<ChatEvent, ChatError> = bytes.withUnsafeBytes { bytes in
            do throws(ChatError) {
                return .success(try ChatEvent(decoding: bytes))
            } catch {
                return .failure(error)
            }
        }
        self = try decoded.get()
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(ChatError) -> ChatEvent {
        var fields = EventFields()
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try fields.readObject(from: &reader, nested: false)
            reader.skipWhitespace()
            guard reader.atEnd else { throw reader.error() }
        } catch {
            throw ChatError(.malformedRequest, "Not a JSON object (at byte \(error.offset)).")
        }
        guard let type = fields.type else { throw ChatError(.malformedRequest, "The event has no \"type\".") }
        var event = ChatEvent(try fields.kind(for: type), ref: fields.ref)
        switch event.kind {
        case .message: break  // They belong to the message.
        case .unknown: event.unknownFields = Self.everyField(of: bytes)
        default: event.unknownFields = fields.unknown
        }
        return event
    }

    /// All members but `type` and `ref`. A newer event may use any other name, and whoever does know it needs them all.
    private static func everyField(of bytes: UnsafeBufferPointer<UInt8>) -> UnknownFields {
        var fields = UnknownFields()
        var reader = JSONReader(bytes)
        var first = true
        guard reader.take(UInt8(ascii: "{")) else { return fields }
        while let name = try? reader.nextName(first: &first), let kind = try? reader.peekKind(), let json = try? reader.readRawValue() {
            if kind == .string && (name == "type" || name == "ref") { continue }
            fields.append(name: name, json: json)
        }
        return fields
    }
}

/// Every member that some event has, read in one pass before it is known which event it is: `type` may come last.
private struct EventFields {
    var type: String?
    var ref: String?
    var room: String?
    var sequence: Int64?
    var after: Int64?
    var messageId: String?
    var sender: ChatMessage.Sender?
    var message: String?
    var sentAt: Timestamp?
    var clientMessageId: String?
    var epoch: String?
    var messages: [ChatMessage]?
    var hasMore: Bool?
    var code: String?
    var retryAfter: Int64?
    var unknown = UnknownFields()

    mutating func readObject(from reader: inout JSONReader, nested: Bool) throws(JSONError) {
        try reader.expect(UInt8(ascii: "{"))
        var first = true
        while let name = try reader.nextName(first: &first) {
            switch (name, try reader.peekKind()) {
            case ("type", .string) where !nested: self.type = try reader.readString()
            case ("ref", .string) where !nested: self.ref = try reader.readString()
            case ("room", .string): self.room = try reader.readString()
            case ("sequence", .number): self.sequence = try reader.readInteger()
            case ("after", .number) where !nested: self.after = try reader.readInteger()
            case ("messageId", .string): self.messageId = try reader.readString()
            case ("sender", .object): self.sender = try Self.readSender(from: &reader)
            case ("message", .string): self.message = try reader.readString()
            case ("sentAt", .string): self.sentAt = Timestamp(try reader.readString())
            case ("clientMessageId", .string): self.clientMessageId = try reader.readString()
            case ("epoch", .string): self.epoch = try reader.readString()
            case ("messages", .array) where !nested: self.messages = try Self.readMessages(from: &reader)
            case ("hasMore", .literal): self.hasMore = try reader.readBoolean()
            case ("code", .string): self.code = try reader.readString()
            case ("retryAfter", .number): self.retryAfter = try reader.readInteger()
            default: self.unknown.append(name: name, json: try reader.readRawValue())
            }
        }
    }

    func kind(for type: String) throws(ChatError) -> ChatEvent.Kind {
        switch type {
        case "message": .message(try self.chatMessage())
        case "messageAccepted":
            .messageAccepted(
                MessageReceipt(
                    room: try require(self.room, "room"),
                    sequence: try require(self.sequence, "sequence"),
                    messageId: try require(self.messageId, "messageId")))
        case "joined":
            .joined(
                RoomPosition(
                    room: try require(self.room, "room"),
                    sequence: try require(self.sequence, "sequence"),
                    epoch: try require(self.epoch, "epoch")))
        case "left": .left(room: try require(self.room, "room"))
        case "history":
            .history(
                HistoryPage(
                    room: try require(self.room, "room"),
                    messages: try require(self.messages, "messages"),
                    hasMore: try require(self.hasMore, "hasMore")))
        case "gap":
            .gap(
                RoomGap(
                    room: try require(self.room, "room"),
                    after: try require(self.after, "after"),
                    sequence: try require(self.sequence, "sequence")))
        case "error":
            .error(
                ChatError(
                    ChatErrorCode(rawValue: try require(self.code, "code")),
                    self.message ?? "",
                    retryAfterMilliseconds: self.retryAfter))
        case "pong": .pong
        default: .unknown(type: type)
        }
    }

    func chatMessage() throws(ChatError) -> ChatMessage {
        var message = ChatMessage(
            room: try require(self.room, "room"),
            sequence: try require(self.sequence, "sequence"),
            messageId: try require(self.messageId, "messageId"),
            sender: try require(self.sender, "sender"),
            message: try require(self.message, "message"),
            sentAt: try require(self.sentAt, "sentAt"),
            clientMessageId: self.clientMessageId)
        message.unknownFields = self.unknown
        return message
    }

    private func require<Value>(_ value: Value?, _ name: String) throws(ChatError) -> Value {
        guard let value else { throw ChatError(.invalidField, "The event has no valid \"\(name)\".") }
        return value
    }

    private static func readSender(from reader: inout JSONReader) throws(JSONError) -> ChatMessage.Sender? {
        try reader.expect(UInt8(ascii: "{"))
        var first = true
        var id: String?
        var name: String?
        while let member = try reader.nextName(first: &first) {
            switch (member, try reader.peekKind()) {
            case ("id", .string): id = try reader.readString()
            case ("name", .string): name = try reader.readString()
            default: try reader.skipValue()
            }
        }
        guard let id, let name else { return nil }
        return ChatMessage.Sender(id: id, name: name)
    }

    /// The messages of a history page, or nil if one of them lacks a member.
    private static func readMessages(from reader: inout JSONReader) throws(JSONError) -> [ChatMessage]? {
        try reader.expect(UInt8(ascii: "["))
        var first = true
        var messages: [ChatMessage]? = []
        while try reader.nextElement(first: &first) {
            guard try reader.peekKind() == .object else {
                try reader.skipValue()
                messages = nil
                continue
            }
            var fields = EventFields()
            try fields.readObject(from: &reader, nested: true)
            if let message = try? fields.chatMessage() {
                messages?.append(message)
            } else {
                messages = nil
            }
        }
        return messages
    }
}
