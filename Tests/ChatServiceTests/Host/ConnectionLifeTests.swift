import ChatProtocol
import ChatService
import ChatStore
import Testing

/// Whom the service knows, for how long, and in which rooms.
struct ConnectionLifeTests {
    let host = LambdaHost(InMemoryStore())

    @Test func aConnectionIsKeptWithItsUserAndTheDefaultRoom() async throws {
        try await self.host.connect("a", .alice, expiresIn: .seconds(3600))
        let now = self.host.clock.now
        #expect(
            try await self.host.store.connection(id: "a", now: now)
                == ConnectionRecord(id: "a", user: .alice, connectedAt: now, expiresAt: now + .seconds(3600), rooms: ["general"]))
    }

    /// API Gateway ends a connection after two hours; if nobody says so, its row goes all the same.
    @Test(arguments: [nil, .seconds(7801), .seconds(86_400)] as [Duration?])
    func itIsForgottenAfterTwoHoursAndTenMinutes(_ lifetime: Duration?) async throws {
        try await self.host.connect("a", .alice, expiresIn: lifetime)
        self.host.clock.advance(by: .seconds(7799))
        #expect(try await self.host.rooms(of: "a") != nil)
        self.host.clock.advance(by: .seconds(1))
        #expect(try await self.host.rooms(of: "a") == nil)
    }

    @Test func itMayAskForAsLongAsItsTokenHolds() async throws {
        try await self.host.connect("a", .alice, expiresIn: .seconds(60))
        self.host.clock.advance(by: .milliseconds(59_999))
        #expect(try await self.host.receive(#"{"action":"ping"}"#, from: "a").count == 1)
        #expect(self.host.port.closings.isEmpty)
    }

    @Test func thenItIsClosedAndNothingIsDone() async throws {
        try await self.host.connect("a", .alice, expiresIn: .seconds(60))
        try await self.host.connect("b", .bob)
        self.host.clock.advance(by: .seconds(60))
        #expect(try await self.host.receive(#"{"action":"sendMessage","message":"late"}"#, from: "a") == [])
        #expect(self.host.port.closings == [.init(connection: "a", code: .tokenExpired)])
        #expect(try await self.host.store.position(room: "general").sequence == 0)
        let posts = try await self.host.receive(#"{"action":"sendMessage","message":"hello"}"#, from: "b")
        #expect(posts.compactMap(\.shown) == ["b general 1 bob: hello"], "it is told nothing any more either")
    }

    @Test func whoIsNotKnownIsClosed() async throws {
        #expect(try await self.host.receive(#"{"action":"ping"}"#, from: "nobody") == [])
        #expect(self.host.port.closings == [.init(connection: "nobody", code: .tokenExpired)])
    }

    @Test func aConnectionMayBeInSoManyRooms() async throws {
        let host = LambdaHost(InMemoryStore()) { $0.maximumRoomsPerConnection = 2 }
        try await host.connect("a", .alice)
        #expect(try await host.receive(#"{"action":"joinRoom","ref":"1","room":"b"}"#, from: "a").map(\.event.ref) == ["1"])
        let posts = try await host.receive(#"{"action":"joinRoom","ref":"2","room":"c"}"#, from: "a")
        #expect(posts.allSatisfy(RecordingPort.Post.error("a", ref: "2", .tooManyRooms)) && posts.count == 1)
        #expect(try await host.rooms(of: "a") == ["general", "b"])
    }

    /// Two events of one connection at once, each of which saw room for one more: the store decides.
    @Test func theStoreHasTheLastWordOnHowMany() async throws {
        struct OneTooMany: ConnectionStore {
            let base = InMemoryStore()

            func insert(_ connection: ConnectionRecord) async throws { try await self.base.insert(connection) }
            func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? {
                try await self.base.connection(id: id, now: now)
            }
            func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool { false }
            func leave(room: String, connectionId: String) async throws {}
            func remove(id: String) async throws {}
            func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] { [] }
        }
        let connections = OneTooMany()
        let port = RecordingPort(connections: connections, now: { .now() })
        let service = ChatService(rules: .sample(), messages: connections.base, connections: connections, port: port)
        try await service.connect(id: "a", user: ConnectedUser(sender: .alice))
        try await service.receive(Array(#"{"action":"joinRoom","ref":"2","room":"c"}"#.utf8), from: "a")
        let posts = port.takePosts()
        #expect(posts.allSatisfy(RecordingPort.Post.error("a", ref: "2", .tooManyRooms)) && posts.count == 1)
    }
}
