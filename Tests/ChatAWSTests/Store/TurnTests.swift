import ChatProtocol
import ChatService
import ChatStore
import Testing

@testable import ChatAWS

/// How far a room has been told, as several processes keep it.
@Suite(.enabled(if: LiveDynamoDB.isThere, "DYNAMODB_ENDPOINT names no DynamoDB"))
struct TurnTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_795_503_600_000)

    @Test func aRoomGoesForward() async throws {
        try await LiveDynamoDB.withStore { store in
            #expect(try await store.announcements(room: "general") == AnnouncedPosition())
            try await store.endTurn(room: "general", sequence: 2)
            try await store.endTurn(room: "general", sequence: 1)
            #expect(try await store.announcements(room: "general") == AnnouncedPosition(sequence: 2))
            #expect(try await store.announcements(room: "other") == AnnouncedPosition())
        }
    }

    @Test func whoIsAtWorkSaysSo() async throws {
        try await LiveDynamoDB.withStore { store in
            let until = Self.now + .seconds(3)
            try await store.keepTurn(room: "general", sequence: 1, until: until)
            #expect(try await store.announcements(room: "general") == AnnouncedPosition(busyUntil: until))
            try await store.endTurn(room: "general", sequence: 1)
            // Too late: nobody is to wait for it.
            try await store.keepTurn(room: "general", sequence: 1, until: until)
            #expect(try await store.announcements(room: "general") == AnnouncedPosition(sequence: 1))
        }
    }

    @Test func oneOfManyTakesOver() async throws {
        try await LiveDynamoDB.withStore { store in
            let until = Self.now + .seconds(3)
            try await store.endTurn(room: "general", sequence: 4)
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 1...8 {
                    group.addTask { try await store.takeTurn(room: "general", after: 4, until: until, now: Self.now) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 1)
            #expect(try await store.takeTurn(room: "general", after: 3, until: until, now: until) == false, "the room is past that")
            #expect(try await store.takeTurn(room: "general", after: 4, until: until, now: until), "who had it has stopped, too")
        }
    }
}
