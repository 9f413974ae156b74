public import ChatProtocol
public import ChatStore

/// The chat for hosts that are handed one event at a time and keep nothing between two of them, as a Lambda function is.
///
/// It links no socket: it needs a store and a ``ConnectionsPort``. A server in one process does the same with ``ChatRules`` on
/// its event loops.
public struct ChatService: Sendable {
    private let rules: ChatRules
    private let messages: any MessageStore
    private let connections: any ConnectionStore
    private let port: any ConnectionsPort
    private let announcer: Announcer?
    private let now: @Sendable () -> Timestamp
    private let connectionLifetime: Duration
    private let joinWaits: [Duration]
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - connectionLifetime: when a connection is forgotten if nobody says that it ended. Default 2 hours and 10 minutes: API
    ///     Gateway ends every connection after 2 hours.
    ///   - turns: keeps a room's messages in their order where several processes append to it. Default: nil, for a host that is the
    ///     only one; or whose clients order messages by themselves.
    ///   - turnPatience: how long a process that has a turn may show no sign of life until others tell the room in its place.
    ///     Default: ``defaultTurnPatience``.
    ///   - joinWaits: how long to wait, again and again, before a request is refused because the connection is not in the room. For
    ///     hosts that are handed a connection's requests at the same time: what follows a `joinRoom` may come here before that has
    ///     ended, and the protocol promises that it finds its sender in the room. Default: none.
    ///   - now: the clock. Default: the system's.
    ///   - sleep: waits. Default: the system's clock.
    public init(
        rules: ChatRules, messages: any MessageStore, connections: any ConnectionStore, port: any ConnectionsPort,
        turns: (any AnnouncementTurns)? = nil, turnPatience: Duration = Self.defaultTurnPatience,
        connectionLifetime: Duration = .seconds(7800), joinWaits: [Duration] = [],
        now: @escaping @Sendable () -> Timestamp = { .now() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.rules = rules
        self.messages = messages
        self.connections = connections
        self.port = port
        self.announcer = turns.map {
            Announcer(turns: $0, messages: messages, port: port, rules: rules, patience: turnPatience, now: now, sleep: sleep)
        }
        self.connectionLifetime = connectionLifetime
        self.joinWaits = joinWaits
        self.now = now
        self.sleep = sleep
    }

    /// `$connect`: keeps the connection, in the default room. Nothing can be sent to it before this has returned.
    public func connect(id: String, user: ConnectedUser) async throws {
        let now = self.now()
        let lifetime = now + self.connectionLifetime
        try await self.connections.insert(
            ConnectionRecord(
                id: id, user: user.sender, connectedAt: now, expiresAt: user.expiresAt.map { min($0, lifetime) } ?? lifetime,
                rooms: [ChatDefaults.room]))
    }

    /// `$disconnect`: forgets the connection.
    public func disconnect(id: String) async throws {
        try await self.connections.remove(id: id)
    }

    /// One text message of a connection.
    ///
    /// - Throws: what the stores or the port threw when even the client could not be told.
    public func receive(_ payload: [UInt8], from id: String) async throws {
        guard let (connection, step) = try await self.begin(payload, from: id) else {
            // Its token or its time has run out, and with it the right to ask.
            try await self.port.close(connectionId: id, code: .tokenExpired, reason: "the token has expired")
            return
        }
        switch step {
        case .answer(let event): try await self.post(event, to: id)
        case .append(let message, let ref): try await self.append(message, ref: ref, from: id)
        case .join(let room, let ref):
            try await self.join(room, ref: ref, connectionId: id, wasIn: connection.rooms.contains(room))
        case .leave(let room, let ref):
            try await self.answering(id, ref: ref) {
                try await self.connections.leave(room: room, connectionId: id)
                return self.rules.left(room: room, ref: ref)
            }
        case .readHistory(let read, let ref):
            try await self.answering(id, ref: ref) {
                let page = try await self.messages.history(
                    room: read.room, range: read.range, limit: read.limit, maximumBytes: read.maximumBytes)
                return self.fitting(page, range: read.range, ref: ref)
            }
        }
    }

    /// - Returns: nil if there is no such connection.
    private func begin(_ payload: [UInt8], from id: String) async throws -> (ConnectionRecord, ChatStep)? {
        var waits = self.joinWaits.makeIterator()
        while let connection = try await self.connections.connection(id: id, now: self.now()) {
            let step = payload.withUnsafeBytes { self.rules.begin($0, from: RoomMember(user: connection.user, rooms: connection.rooms)) }
            guard case .answer(let event) = step, case .error(let error) = event.kind, error.code == .notInRoom, let wait = waits.next()
            else { return (connection, step) }
            try await self.sleep(wait)
        }
        return nil
    }

    /// A page is measured by its text, and JSON may need six bytes for one: what the host cannot carry is left for the next page.
    private func fitting(_ page: HistoryPage, range: HistoryRange, ref: String?) -> ChatEvent {
        var page = page
        var event = self.rules.page(page, ref: ref)
        while let maximum = self.port.maximumEventBytes, page.messages.count > 1, event.encoded().count > maximum {
            let keep = page.messages.count / 2
            switch range {
            case .after: page.messages.removeLast(page.messages.count - keep)
            case .newest, .before: page.messages.removeFirst(page.messages.count - keep)
            }
            page.hasMore = true
            event = self.rules.page(page, ref: ref)
        }
        return event
    }

    private func append(_ message: NewMessage, ref: String?, from id: String) async throws {
        let effects: AppendEffects
        do {
            let outcomes = try await self.messages.append([message])
            guard let outcome = outcomes.first else { throw StoreError(.failed, "The store gave no outcome.") }
            effects = self.rules.appended(message, outcome: outcome, ref: ref)
        } catch {
            return try await self.post(self.rules.failed(error, ref: ref), to: id)
        }
        // The message is kept whatever becomes of its sender, so the room hears of it all the same; and it does not wait for a sender
        // who takes long.
        let posted = try await withThrowingTaskGroup(of: Result<Void, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await self.post(effects.receipt, to: id)) } catch { return .failure(error) }
            }
            group.addTask {
                try? await Task.sleep(for: Self.receiptPatience)
                return nil
            }
            var posted = try await group.next() ?? nil
            let announced: Result<Void, any Error>
            do { announced = .success(try await self.announce(effects, room: message.room)) } catch { announced = .failure(error) }
            // Also when the room could not be told: the message is kept, and its sender is not to send it again.
            while posted == nil { posted = try await group.next() ?? nil }
            group.cancelAll()
            try announced.get()
            return posted
        }
        try posted?.get()
    }

    /// Longer than it takes from a message's being kept to its announcing, most of the time: 1 s.
    public static let defaultTurnPatience: Duration = .seconds(1)

    /// How long a room waits for the sender's acknowledgement to be on its way.
    private static let receiptPatience: Duration = .milliseconds(300)

    private func announce(_ effects: AppendEffects, room: String) async throws {
        if let announcer = self.announcer {
            // A repetition too: the process that was sent it first may have stopped before the room was told.
            try await announcer.announce(effects.broadcast, room: room, sequence: effects.sequence)
        } else if let broadcast = effects.broadcast {
            try await self.port.publish(broadcast, room: room)
        }
    }

    private func join(_ room: String, ref: String?, connectionId id: String, wasIn: Bool) async throws {
        try await self.answering(id, ref: ref) {
            // First in the room, then the position: what is newer than the position will be published to this connection.
            let isIn = try await self.connections.join(
                room: room, connectionId: id, maximumRooms: self.rules.limits.maximumRoomsPerConnection)
            guard isIn else { return self.rules.refusedToJoin(ref: ref) }
            do {
                return self.rules.joined(try await self.messages.position(room: room), ref: ref)
            } catch {
                // Told that it failed, the client does not expect the room's messages.
                if !wasIn { try? await self.connections.leave(room: room, connectionId: id) }
                throw error
            }
        }
    }

    private func answering(_ id: String, ref: String?, _ body: () async throws -> ChatEvent) async throws {
        let event: ChatEvent
        do { event = try await body() } catch { event = self.rules.failed(error, ref: ref) }
        try await self.post(event, to: id)
    }

    private func post(_ event: ChatEvent, to id: String) async throws {
        do {
            try await self.port.post(event, to: id)
        } catch is ConnectionGone {
            try await self.connections.remove(id: id)
        }
    }
}
