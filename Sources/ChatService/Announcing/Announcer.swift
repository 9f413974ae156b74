import ChatProtocol
import ChatStore

/// Tells a room of a message when it is its turn, and of those whose process has stopped before it could.
struct Announcer: Sendable {
    let turns: any AnnouncementTurns
    let messages: any MessageStore
    let port: any ConnectionsPort
    let rules: ChatRules
    /// See ``AnnouncementOrder/patience``. Longer than from a message's being kept to its announcing, most of the time.
    let patience: Duration
    let now: @Sendable () -> Timestamp
    let sleep: @Sendable (Duration) async throws -> Void

    /// How long others wait after the last sign of life.
    private static let busyTime: Duration = .seconds(3)
    /// A turn that is shorter needs no sign of life.
    private static let quietTime: Duration = .milliseconds(400)

    /// - Parameters:
    ///   - broadcast: what the room is to be told, if it is new.
    /// - Throws: what the stores threw, or the port, or `CancellationError`. The message is then announced by whoever has the next turn.
    func announce(_ broadcast: ChatEvent?, room: String, sequence: Int64) async throws {
        var order = AnnouncementOrder(sequence: sequence, isNew: broadcast != nil, patience: self.patience)
        while true {
            let now = self.now()
            switch order.next(try await self.position(room), now: now) {
            case .done: return
            case .announce(let last):
                let events = try await self.events(room: room, after: last, upTo: sequence, broadcast)
                return try await self.publish(events, room: room, upTo: sequence)
            case .takeOver(let last):
                guard try await self.turns.takeTurn(room: room, after: last, until: now + Self.busyTime, now: now) else { continue }
                let events = try await self.events(room: room, after: last, upTo: sequence, broadcast)
                return try await self.publish(events, room: room, upTo: sequence)
            case .wait(let time): try await self.sleep(time)
            }
        }
    }

    /// A store that has too much to do is asked again: to give up the turn would cost the room more.
    private func position(_ room: String) async throws -> AnnouncedPosition {
        while true {
            do {
                return try await self.turns.announcements(room: room)
            } catch let error as StoreError where error.code == .overloaded {
                try await self.sleep(.milliseconds(200))
            }
        }
    }

    private func events(room: String, after last: Int64, upTo sequence: Int64, _ broadcast: ChatEvent?) async throws -> [ChatEvent] {
        if let broadcast, last == sequence - 1 { return [broadcast] }
        var events: [ChatEvent] = []
        var last = max(last, sequence - AnnouncementOrder.maximumBacklog)
        while last < sequence {
            let page = try await self.messages.history(
                room: room, range: .after(last), limit: Int(sequence - last), maximumBytes: self.rules.limits.maximumHistoryPageBytes)
            guard let newest = page.messages.last?.sequence else { break }
            events += page.messages.filter { $0.sequence <= sequence }.map { self.rules.announcement($0) }
            last = newest
        }
        return events
    }

    private func publish(_ events: [ChatEvent], room: String, upTo sequence: Int64) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.sleep(Self.quietTime)
                while true {
                    // The next one may get through.
                    try? await self.turns.keepTurn(room: room, sequence: sequence, until: self.now() + Self.busyTime)
                    try await self.sleep(Self.busyTime / 3)
                }
            }
            defer { group.cancelAll() }
            try await self.port.publish(events, room: room) {
                // If it is not kept, the next one finds it out by waiting, and the room is told twice.
                try? await self.turns.endTurn(room: room, sequence: sequence)
            }
        }
    }
}
