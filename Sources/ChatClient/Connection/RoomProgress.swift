import ChatProtocol

/// How far a client has come in one room: shows each message once and in order, whatever the connection did in between.
struct RoomProgress {
    enum Action: Equatable {
        case deliver(ChatMessage)
        /// Messages are missing: ask for those after this sequence.
        case fetch(after: Int64)
        case missed(ClosedRange<Int64>)
        case restarted
    }

    /// The last sequence that was delivered; nil before anything is known of the room.
    private(set) var last: Int64?
    private var epoch: String?
    /// The highest sequence that is known to exist.
    private var highest: Int64 = 0
    private var isFetching = false
    private let maximumCatchUp: Int64

    init(maximumCatchUp: Int64) {
        self.maximumCatchUp = maximumCatchUp
    }

    /// The server has said how far the room has come, and that what follows will be sent.
    mutating func joined(_ position: RoomPosition) -> [Action] {
        defer { self.epoch = position.epoch }
        guard self.last != nil, self.epoch == nil || self.epoch == position.epoch else {
            let isRestart = self.last != nil
            self.last = position.sequence
            self.highest = position.sequence
            self.isFetching = false
            return isRestart ? [.restarted] : []
        }
        self.highest = max(self.highest, position.sequence)
        return self.skipTooMany() + self.fetchIfNeeded()
    }

    private mutating func skipTooMany() -> [Action] {
        guard let last, self.highest - last > self.maximumCatchUp else { return [] }
        let skipped = self.highest - self.maximumCatchUp
        self.last = skipped
        return [.missed(last + 1...skipped)]
    }

    /// A message has come by itself.
    mutating func receive(_ message: ChatMessage) -> [Action] {
        self.highest = max(self.highest, message.sequence)
        guard let last else {
            self.last = message.sequence
            return [.deliver(message)]
        }
        guard message.sequence > last else { return [] }
        guard message.sequence == last + 1 else { return self.fetchIfNeeded() }
        self.last = message.sequence
        return [.deliver(message)]
    }

    /// The server has left messages out.
    mutating func receive(_ gap: RoomGap) -> [Action] {
        self.highest = max(self.highest, gap.sequence)
        // Nothing was delivered yet, so the gap says where the room stood for this connection.
        if self.last == nil { self.last = gap.after }
        return self.skipTooMany() + self.fetchIfNeeded()
    }

    /// A page that was fetched.
    mutating func receive(_ page: HistoryPage) -> [Action] {
        self.isFetching = false
        guard let before = self.last else { return [] }
        var actions: [Action] = []
        for message in page.messages where message.sequence > self.last ?? 0 {
            if let last, message.sequence > last + 1 { actions.append(.missed(last + 1...message.sequence - 1)) }
            self.last = message.sequence
            self.highest = max(self.highest, message.sequence)
            actions.append(.deliver(message))
        }
        if self.last == before, self.highest > before {
            // The server has announced messages that it does not give: asking again would not end.
            actions.append(.missed(before + 1...self.highest))
            self.last = self.highest
            return actions
        }
        return actions + self.fetchIfNeeded()
    }

    /// What was asked for will not come: the connection has ended, or the request failed.
    mutating func fetchEnded() {
        self.isFetching = false
    }

    private mutating func fetchIfNeeded() -> [Action] {
        guard let last, !self.isFetching, self.highest > last else { return [] }
        self.isFetching = true
        return [.fetch(after: last)]
    }
}
