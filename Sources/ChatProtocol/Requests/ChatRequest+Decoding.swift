extension ChatRequest {
    /// Reads a request from the payload of one text frame.
    ///
    /// Lengths are not checked here (``ChatLimits`` are the service's), only syntax and types.
    ///
    /// - Throws: ``ChatRequestError`` with `malformedRequest`, `unknownAction` or `invalidField`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(ChatRequestError) {
        let decoded: Result<ChatRequest, ChatRequestError> = bytes.withMemoryRebound(to: UInt8.self) { bytes in
            do throws(ChatRequestError) {
                return .success(try Self.decode(bytes))
            } catch {
                return .failure(error)
            }
        }
        self = try decoded.get()
    }

    /// Reads a request from an array.
    public init(decoding bytes: [UInt8]) throws(ChatRequestError) {
        let decoded: Result<ChatRequest, ChatRequestError> = bytes.withUnsafeBytes { bytes in
            do throws(ChatRequestError) {
                return .success(try ChatRequest(decoding: bytes))
            } catch {
                return .failure(error)
            }
        }
        self = try decoded.get()
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(ChatRequestError) -> ChatRequest {
        var fields = RequestFields()
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try fields.read(from: &reader)
        } catch {
            let reason =
                switch error.reason {
                case .tooDeep: "The request nests deeper than \(JSONReader.maximumDepth) levels."
                case .truncated, .unexpectedByte: "The request is not a JSON object (at byte \(error.offset))."
                }
            throw ChatRequestError(error: ChatError(.malformedRequest, reason))
        }
        do throws(ChatError) {
            var request = ChatRequest(try fields.chatAction(), ref: fields.ref)
            request.unknownFields = fields.unknown
            return request
        } catch {
            throw ChatRequestError(ref: fields.ref, error: error)
        }
    }
}

/// Every member that some action has, read in one pass: `action` and `ref` may come last, and an error must still name the `ref`.
private struct RequestFields {
    var action: String?
    var ref: String?
    var room: String?
    var message: String?
    var clientMessageId: String?
    var before: Int64?
    var after: Int64?
    var limit: Int64?
    var unknown = UnknownFields()
    /// The first member with a value of the wrong type.
    var invalid: String?

    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.expect(UInt8(ascii: "{"))
        var first = true
        while let name = try reader.nextName(first: &first) {
            switch (name, try reader.peekKind()) {
            case ("action", .string): self.action = try reader.readString()
            case ("ref", .string): self.ref = try reader.readString()
            case ("room", .string): self.room = try reader.readString()
            case ("message", .string): self.message = try reader.readString()
            case ("clientMessageId", .string): self.clientMessageId = try reader.readString()
            case ("before", .number): self.before = try self.integer("before", from: &reader)
            case ("after", .number): self.after = try self.integer("after", from: &reader)
            case ("limit", .number): self.limit = try self.integer("limit", from: &reader)
            case ("action", _), ("ref", _), ("room", _), ("message", _), ("clientMessageId", _), ("before", _), ("after", _), ("limit", _):
                self.invalid = self.invalid ?? name
                try reader.skipValue()
            default: self.unknown.append(name: name, json: try reader.readRawValue())
            }
        }
        reader.skipWhitespace()
        guard reader.atEnd else { throw reader.error() }
    }

    private mutating func integer(_ name: String, from reader: inout JSONReader) throws(JSONError) -> Int64? {
        let value = try reader.readInteger()
        if value == nil { self.invalid = self.invalid ?? name }
        return value
    }

    func chatAction() throws(ChatError) -> ChatAction {
        if let invalid {
            throw ChatError(.invalidField, "\"\(invalid)\" has the wrong type.")
        }
        guard let action else { throw ChatError(.malformedRequest, "The request has no \"action\".") }
        let room = self.room ?? ChatDefaults.room
        switch action {
        case "sendMessage":
            guard let message else { throw ChatError(.invalidField, "\"message\" is missing.") }
            return .sendMessage(OutgoingMessage(room: room, message: message, clientMessageId: self.clientMessageId))
        case "joinRoom": return .joinRoom(room: room)
        case "leaveRoom": return .leaveRoom(room: room)
        case "history": return .history(HistoryQuery(room: room, before: self.before, after: self.after, limit: self.limit))
        case "ping": return .ping
        default: throw ChatError(.unknownAction, "The action is not one that this server knows.")
        }
    }
}
