import ChatProtocol
import ChatStore
import Synchronization
import Testing

@testable import ChatService

/// Several processes tell one room; time passes when somebody waits.
struct AnnouncerTests {
    private let clock = ManualClock()
    private let store = InMemoryStore()
    private let port: RecordingPort
    private let turns = ManualTurns()

    init() async throws {
        let clock = self.clock
        self.port = RecordingPort(connections: self.store, now: { clock.now })
        try await self.store.insert(
            ConnectionRecord(
                id: "a", user: .alice, connectedAt: self.clock.now, expiresAt: self.clock.now + .seconds(1 << 40), rooms: ["general"]))
    }

    private var announcer: Announcer {
        Announcer(
            turns: self.turns, messages: self.store, port: self.port, rules: .sample(clock: self.clock),
            patience: ChatService.defaultTurnPatience, now: { [clock] in clock.now },
            sleep: { [clock] time in
                try Task.checkCancellation()
                clock.advance(by: time)
                await Task.yield()
            })
    }

    /// Keeps a message, as a process does before it may stop.
    private func append(_ text: String) async throws -> (event: ChatEvent, sequence: Int64) {
        let message = NewMessage(
            room: "general", messageId: "m-\(text)", sender: .alice, message: text, sentAt: self.clock.now, clientMessageId: text)
        let outcome = try #require(try await self.store.append([message]).first)
        return (ChatEvent(.message(message.numbered(outcome.receipt.sequence))), outcome.receipt.sequence)
    }

    private var shown: [Int64] {
        self.port.takePosts().compactMap { post in
            guard case .message(let message) = post.event.kind else { return nil }
            return message.sequence
        }
    }

    @Test func oneAfterTheOther() async throws {
        for text in ["1", "2", "3"] {
            let (event, sequence) = try await self.append(text)
            try await self.announcer.announce(event, room: "general", sequence: sequence)
        }
        #expect(self.shown == [1, 2, 3])
        #expect(self.turns.calls.filter { $0.name != "keep" } == (1...3).map { ManualTurns.Call(name: "end", sequence: $0) })
    }

    /// They begin in the wrong order, and the room is told in the right one.
    @Test func manyAtOnceAreToldInTheirOrder() async throws {
        var all: [(event: ChatEvent, sequence: Int64)] = []
        for number in 1...20 { all.append(try await self.append(String(number))) }
        // Real time: a clock that their waiting moves would end their patience.
        let announcer = Announcer(
            turns: self.turns, messages: self.store, port: self.port, rules: .sample(clock: self.clock),
            patience: ChatService.defaultTurnPatience, now: { [clock] in clock.now },
            sleep: { try await Task.sleep(for: $0 / 10) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (event, sequence) in all.reversed() {
                group.addTask { try await announcer.announce(event, room: "general", sequence: sequence) }
            }
            try await group.waitForAll()
        }
        #expect(self.shown == (1...20).map { $0 })
    }

    /// Two processes have stopped between keeping a message and telling of it.
    @Test func theNextOneTellsOfWhatWasLeftOut() async throws {
        let first = try await self.append("1")
        try await self.announcer.announce(first.event, room: "general", sequence: 1)
        _ = try await self.append("2")
        _ = try await self.append("3")
        let last = try await self.append("4")
        try await self.announcer.announce(last.event, room: "general", sequence: 4)
        #expect(self.shown == [1, 2, 3, 4])
        #expect(try await self.turns.announcements(room: "general") == AnnouncedPosition(sequence: 4))
    }

    /// The client of one that has stopped sends again, and the room hears of it without another message.
    @Test func aRepetitionTellsTheRoomIfNobodyHas() async throws {
        _ = try await self.append("1")
        try await self.announcer.announce(nil, room: "general", sequence: 1)
        #expect(self.shown == [1])
        try await self.announcer.announce(nil, room: "general", sequence: 1)
        #expect(self.shown == [])
    }

    @Test func aLongBacklogIsLeftToTheHistory() async throws {
        for number in 1...150 { _ = try await self.append(String(number)) }
        try await self.turns.endTurn(room: "general", sequence: 10)
        try await self.announcer.announce(nil, room: "general", sequence: 150)
        #expect(self.shown == (51...150).map { $0 })
    }

    /// Who takes long says so, or the next one would take over.
    @Test func whoTakesLongKeepsItsTurn() async throws {
        let (event, sequence) = try await self.append("1")
        let turns = self.turns
        self.port.holdPublishing { while !turns.calls.contains(ManualTurns.Call(name: "keep", sequence: 1)) { await Task.yield() } }
        try await self.announcer.announce(event, room: "general", sequence: sequence)
        #expect(self.shown == [1])
        #expect(try await self.turns.announcements(room: "general").sequence == 1)
    }

    /// One of two that find a third stopped tells the room, the other finds that done.
    @Test func oneOfTwoTakesOver() async throws {
        _ = try await self.append("1")
        let rest = [try await self.append("2"), try await self.append("3")]
        let announcer = Announcer(
            turns: self.turns, messages: self.store, port: self.port, rules: .sample(clock: self.clock), patience: .milliseconds(50),
            now: { .now() }, sleep: { try await Task.sleep(for: $0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (event, sequence) in rest {
                group.addTask { try await announcer.announce(event, room: "general", sequence: sequence) }
            }
            try await group.waitForAll()
        }
        #expect(self.shown == [1, 2, 3])
    }

    /// The room could not be told: whoever comes next does it.
    @Test func aFailureEndsNoTurn() async throws {
        let (event, sequence) = try await self.append("1")
        self.port.failPublishing()
        await #expect(throws: RecordingPort.Unreachable.self) {
            try await self.announcer.announce(event, room: "general", sequence: sequence)
        }
        #expect(try await self.turns.announcements(room: "general").sequence == nil)
    }
}
