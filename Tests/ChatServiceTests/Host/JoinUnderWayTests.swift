import ChatProtocol
import ChatService
import ChatStore
import Testing

/// A host that is handed a connection's requests at the same time: what follows a `joinRoom` may be begun before that has ended.
struct JoinUnderWayTests {
    private static let request = Array(#"{"action":"sendMessage","ref":"2","room":"swift","message":"hi"}"#.utf8)

    /// - Parameter onWait: what happens while the service waits for the nth time, from 1.
    private static func receive(
        _ store: InMemoryStore, joinWaits: [Duration], onWait: @escaping @Sendable (Duration) async throws -> Void
    ) async throws -> [RecordingPort.Post] {
        let port = RecordingPort(connections: store, now: { .now() })
        let service = ChatService(
            rules: .sample(), messages: store, connections: store, port: port, joinWaits: joinWaits, sleep: onWait)
        try await service.connect(id: "a", user: ConnectedUser(sender: .alice))
        try await service.receive(Self.request, from: "a")
        return port.takePosts()
    }

    @Test func aRequestWaitsForTheJoinBeforeIt() async throws {
        let store = InMemoryStore()
        let posts = try await Self.receive(store, joinWaits: [.milliseconds(50), .milliseconds(100)]) { wait in
            guard wait == .milliseconds(100) else { return }
            let isIn = try await store.join(room: "swift", connectionId: "a", maximumRooms: 10)
            #expect(isIn)
        }
        guard case .messageAccepted(let receipt)? = posts.first?.event.kind else {
            Issue.record("the first post is \(String(describing: posts.first))")
            return
        }
        #expect(receipt.room == "swift" && receipt.sequence == 1)
    }

    @Test func whoNeverJoinsIsToldSoInTheEnd() async throws {
        let waits = [Duration.milliseconds(50), .milliseconds(100)]
        try await confirmation(expectedCount: 2) { waited in
            let posts = try await Self.receive(InMemoryStore(), joinWaits: waits) { _ in waited() }
            #expect(posts.count == 1 && posts.allSatisfy(RecordingPort.Post.error("a", ref: "2", .notInRoom)))
        }
    }

    @Test func whoIsInTheRoomDoesNotWait() async throws {
        try await confirmation(expectedCount: 0) { waited in
            let store = InMemoryStore()
            let port = RecordingPort(connections: store, now: { .now() })
            let service = ChatService(
                rules: .sample(), messages: store, connections: store, port: port, joinWaits: [.seconds(1)], sleep: { _ in waited() })
            try await service.connect(id: "a", user: ConnectedUser(sender: .alice))
            try await service.receive(Array(#"{"action":"sendMessage","message":"hi"}"#.utf8), from: "a")
            try await service.receive(Array(#"{"action":"sendMessage","message":""}"#.utf8), from: "a")
            #expect(port.takePosts().count == 3)
        }
    }
}
