import ChatProtocol

extension ChatPeer {
    /// The answer to a request, and what came before it.
    @discardableResult
    func ask(_ action: ChatAction, ref: String = "ask") async throws -> ChatEvent {
        try await self.send(action, ref: ref)
        while true {
            let event = try await self.next()
            if event.ref == ref { return event }
        }
    }

    func join(_ room: String) async throws -> RoomPosition {
        let event = try await self.ask(.joinRoom(room: room))
        guard case .joined(let position) = event.kind else { throw Unexpected(event: event) }
        return position
    }

    /// The next event, which must be a message.
    func nextMessage() async throws -> ChatMessage {
        let event = try await self.next()
        guard case .message(let message) = event.kind else { throw Unexpected(event: event) }
        return message
    }

    /// What a connection has to do with the default room, done: it is in it when it is told so.
    func settle() async throws {
        _ = try await self.join(ChatDefaults.room)
    }

    /// Sends a message and returns its receipt; what comes before that is dropped.
    @discardableResult
    func say(_ text: String, room: String = ChatDefaults.room, ref: String = "say") async throws -> MessageReceipt {
        let event = try await self.ask(.sendMessage(OutgoingMessage(room: room, message: text)), ref: ref)
        guard case .messageAccepted(let receipt) = event.kind else { throw Unexpected(event: event) }
        return receipt
    }
}

extension ChatEvent {
    var message: ChatMessage? {
        if case .message(let message) = self.kind { message } else { nil }
    }

    var error: ChatError? {
        if case .error(let error) = self.kind { error } else { nil }
    }

    var page: HistoryPage? {
        if case .history(let page) = self.kind { page } else { nil }
    }

    var receipt: MessageReceipt? {
        if case .messageAccepted(let receipt) = self.kind { receipt } else { nil }
    }
}
