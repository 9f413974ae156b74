import ChatProtocol
import ChatStore
import Testing

/// Connections that cannot be told what they should be: nobody else hears less for it.
struct DeliveryFailureTests {
    let host = LambdaHost(InMemoryStore())

    init() async throws {
        try await self.host.connect("a", .alice)
        try await self.host.connect("b", .bob)
        try await self.host.connect("c", .bob)
    }

    private static let send = #"{"action":"sendMessage","ref":"1","message":"hello"}"#

    @Test(arguments: [Self.send, #"{"action":"ping"}"#, #"{"action":"history"}"#, #"{"action":"joinRoom","room":"x"}"#, "no JSON"])
    func whoIsGoneIsForgotten(_ json: String) async throws {
        self.host.port.lose("a")
        try await self.host.receive(json, from: "a")
        #expect(try await self.host.rooms(of: "a") == nil)
        #expect(try await self.host.members(of: "general") == ["b", "c"])
        #expect(try await self.host.members(of: "x") == [])
    }

    @Test func theRoomIsToldThoughTheSenderIsGone() async throws {
        self.host.port.lose("a")
        let posts = try await self.host.receive(Self.send, from: "a")
        #expect(posts.map(\.shown) == ["b general 1 alice: hello", "c general 1 alice: hello"])
    }

    /// The message is kept: that its sender cannot be told must not keep it from the others. The host hears of the failure all the same.
    @Test func regressionTheRoomIsToldThoughTheSenderCannotBe() async throws {
        self.host.port.setUnreachable("a")
        await #expect(throws: RecordingPort.Unreachable.self) { try await self.host.receive(Self.send, from: "a") }
        #expect(self.host.port.takePosts().map(\.shown) == ["b general 1 alice: hello", "c general 1 alice: hello"])
        #expect(try await self.host.rooms(of: "a") == ["general"], "it may be reachable again")
    }

    @Test func oneOfTheRoomThatIsGoneIsPassedOver() async throws {
        self.host.port.lose("b")
        let posts = try await self.host.receive(Self.send, from: "a")
        #expect(posts.compactMap(\.shown) == ["a general 1 alice: hello", "c general 1 alice: hello"])
        #expect(try await self.host.members(of: "general") == ["a", "c"])
    }

    /// A host that tries the event again would repeat the message; the sender's acknowledgement is out already.
    @Test func aPublishThatFailsIsTheHostsToHandle() async throws {
        self.host.port.failPublishing()
        await #expect(throws: RecordingPort.Unreachable.self) { try await self.host.receive(Self.send, from: "a") }
        #expect(self.host.port.takePosts() == [.accepted("a", ref: "1", sequence: 1, id: "m-1")])
    }

    /// It was given up together with the room, and the sender sent a message again that was kept.
    @Test func regressionASlowSenderIsToldThoughTheRoomCannotBe() async throws {
        self.host.port.slowDown("a", by: .milliseconds(600))  // Longer than the room waits for it.
        self.host.port.failPublishing()
        await #expect(throws: RecordingPort.Unreachable.self) { try await self.host.receive(Self.send, from: "a") }
        #expect(self.host.port.takePosts() == [.accepted("a", ref: "1", sequence: 1, id: "m-1")])
    }

    /// The row cannot be removed either: that is no reason to keep the message from the room.
    @Test func regressionTheRoomIsToldThoughTheSendersRowCannotBeRemoved() async throws {
        let store = FailingStore()
        let host = LambdaHost(store)
        try await host.connect("a", .alice)
        try await host.connect("b", .bob)
        host.port.lose("a")
        store.fail(.remove)
        _ = try? await host.receive(Self.send, from: "a")
        #expect(host.port.takePosts().map(\.shown).contains("b general 1 alice: hello"))
    }
}
