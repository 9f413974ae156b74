public import ChatProtocol
public import ChatStore

/// The rules of the chat, without I/O: a request becomes a step, the outcome of the step becomes events.
///
/// A value without state. Hosts carry the steps out: in one process on the event loops, on Lambda one event at a time
/// (``ChatService``).
public struct ChatRules: Sendable {
    public let limits: ChatLimits
    private let now: @Sendable () -> Timestamp
    private let makeMessageId: @Sendable () -> String

    /// - Parameters:
    ///   - now: the clock that stamps messages. Default: the system's.
    ///   - makeMessageId: makes ids that no other message has. Default: 128 random bits, hexadecimal.
    public init(
        limits: ChatLimits = ChatLimits(),
        now: @escaping @Sendable () -> Timestamp = { .now() },
        makeMessageId: @escaping @Sendable () -> String = { MessageIdentifier.random() }
    ) {
        self.limits = limits
        self.now = now
        self.makeMessageId = makeMessageId
    }

    // MARK: Requests

    /// Reads a request and says what it needs.
    ///
    /// - Parameter payload: the payload of a text frame.
    public func begin(_ payload: UnsafeRawBufferPointer, from member: borrowing RoomMember) -> ChatStep {
        do throws(ChatRequestError) {
            return self.begin(try ChatRequest(decoding: payload), from: member)
        } catch {
            return .answer(ChatEvent(.error(error.error), ref: error.ref.flatMap { self.isIdentifier($0) ? $0 : nil }))
        }
    }

    /// Says what a request needs.
    public func begin(_ request: ChatRequest, from member: borrowing RoomMember) -> ChatStep {
        let ref = request.ref
        if let ref, !self.isIdentifier(ref) {
            // It is not repeated: that is what the limit is for.
            let error = ChatError(.invalidField, "\"ref\" is longer than \(self.limits.maximumIdentifierBytes) bytes.")
            return .answer(ChatEvent(.error(error)))
        }
        do throws(ChatError) {
            switch request.action {
            case .sendMessage(let outgoing): return .append(try self.message(outgoing, from: member), ref: ref)
            case .joinRoom(let room):
                try self.check(room: room)
                guard member.rooms.contains(room) || member.rooms.count < self.limits.maximumRoomsPerConnection else {
                    throw Self.tooManyRooms(self.limits)
                }
                return .join(room: room, ref: ref)
            case .leaveRoom(let room):
                try self.check(room: room)
                return .leave(room: room, ref: ref)
            case .history(let query): return .readHistory(try self.historyRead(query, from: member), ref: ref)
            case .ping: return .answer(ChatEvent(.pong, ref: ref))
            }
        } catch {
            return .answer(ChatEvent(.error(error), ref: ref))
        }
    }

    // MARK: Outcomes

    public func appended(_ message: NewMessage, outcome: AppendOutcome, ref: String?) -> AppendEffects {
        AppendEffects(
            receipt: ChatEvent(.messageAccepted(outcome.receipt), ref: ref),
            broadcast: outcome.isNew ? self.announcement(message.numbered(outcome.receipt.sequence)) : nil,
            sequence: outcome.receipt.sequence)
    }

    /// What a room is told of a message.
    public func announcement(_ message: ChatMessage) -> ChatEvent {
        ChatEvent(.message(message))
    }

    public func joined(_ position: RoomPosition, ref: String?) -> ChatEvent {
        ChatEvent(.joined(position), ref: ref)
    }

    public func left(room: String, ref: String?) -> ChatEvent {
        ChatEvent(.left(room: room), ref: ref)
    }

    public func page(_ page: HistoryPage, ref: String?) -> ChatEvent {
        ChatEvent(.history(page), ref: ref)
    }

    /// A connection that read too slowly is sent a room's messages again, but not these.
    public func missed(_ gap: RoomGap) -> ChatEvent {
        ChatEvent(.gap(gap))
    }

    /// A step that could not be carried out.
    public func failed(_ error: any Error, ref: String?) -> ChatEvent {
        ChatEvent(.error(Self.chatError(error)), ref: ref)
    }

    /// The connection was put into no further room: it is in as many as it may be.
    public func refusedToJoin(ref: String?) -> ChatEvent {
        ChatEvent(.error(Self.tooManyRooms(self.limits)), ref: ref)
    }

    /// The one place where a store's errors become the wire's.
    static func chatError(_ error: any Error) -> ChatError {
        switch (error as? StoreError)?.code {
        case .overloaded?: ChatError(.unavailable, "Too much is waiting to be kept.", retryAfterMilliseconds: 1000)
        case .closed?: ChatError(.unavailable, "The server is going down.", retryAfterMilliseconds: 1000)
        default: ChatError(.internalError, "The server failed.")
        }
    }

    private static func tooManyRooms(_ limits: ChatLimits) -> ChatError {
        ChatError(.tooManyRooms, "A connection may be in \(limits.maximumRoomsPerConnection) rooms.")
    }

    // MARK: Checks

    private func message(_ outgoing: OutgoingMessage, from member: borrowing RoomMember) throws(ChatError) -> NewMessage {
        try self.check(room: outgoing.room)
        guard !outgoing.message.isEmpty else { throw ChatError(.invalidField, "\"message\" is empty.") }
        guard outgoing.message.utf8.count <= self.limits.maximumMessageBytes else {
            throw ChatError(.messageTooLong, "\"message\" is longer than \(self.limits.maximumMessageBytes) bytes.")
        }
        if let id = outgoing.clientMessageId, id.isEmpty || !self.isIdentifier(id) {
            throw ChatError(.invalidField, "\"clientMessageId\" must have 1 to \(self.limits.maximumIdentifierBytes) bytes.")
        }
        try self.check(member, isIn: outgoing.room)
        return NewMessage(
            room: outgoing.room, messageId: self.makeMessageId(), sender: member.user, message: outgoing.message, sentAt: self.now(),
            clientMessageId: outgoing.clientMessageId)
    }

    private func historyRead(_ query: HistoryQuery, from member: borrowing RoomMember) throws(ChatError) -> HistoryRead {
        try self.check(room: query.room)
        let range: HistoryRange
        switch (query.before, query.after) {
        case (nil, nil): range = .newest
        case (let before?, nil): range = .before(before)
        case (nil, let after?): range = .after(after)
        case (_?, _?): throw ChatError(.invalidField, "\"before\" and \"after\" exclude each other.")
        }
        let limit = query.limit ?? Int64(self.limits.defaultHistoryPage)
        guard limit >= 1 else { throw ChatError(.invalidField, "\"limit\" must be at least 1.") }
        try self.check(member, isIn: query.room)
        return HistoryRead(
            room: query.room, range: range, limit: Int(min(limit, Int64(self.limits.maximumHistoryPage))),
            maximumBytes: self.limits.maximumHistoryPageBytes)
    }

    private func check(room: String) throws(ChatError) {
        guard (1...self.limits.maximumRoomBytes).contains(room.utf8.count),
            !room.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        else {
            throw ChatError(.invalidRoom, "\"room\" must have 1 to \(self.limits.maximumRoomBytes) bytes and no control characters.")
        }
        // Two spellings of one name would be one room to some parts of a host and two to others.
        guard room.isInNormalizationFormC else {
            throw ChatError(.invalidRoom, "\"room\" must be in Unicode's normalisation form C.")
        }
    }

    private func check(_ member: borrowing RoomMember, isIn room: String) throws(ChatError) {
        guard member.rooms.contains(room) else { throw ChatError(.notInRoom, "Join the room first.") }
    }

    private func isIdentifier(_ text: String) -> Bool {
        text.utf8.count <= self.limits.maximumIdentifierBytes
    }
}
