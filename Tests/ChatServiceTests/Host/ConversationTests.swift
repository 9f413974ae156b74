import ChatProtocol
import ChatStore
import ChatStoreSQLite
import Testing

/// A whole conversation, an event at a time, on every kind of store.
struct ConversationTests {
    @Test func inMemory() async throws {
        try await Self.converse(LambdaHost(InMemoryStore()))
    }

    @Test func inAFile() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
            try await Self.converse(LambdaHost(store))
            try store.close()
        }
    }

    private static func converse(_ host: LambdaHost<some MessageStore & ConnectionStore>) async throws {
        try await host.connect("a", .alice)
        try await host.connect("b", .bob)
        #expect(host.port.takePosts().isEmpty, "nothing can be sent to a connection that is being let in")
        #expect(try await host.members(of: "general") == ["a", "b"])

        var posts = try await host.receive(#"{"action":"sendMessage","ref":"1","message":"hello","clientMessageId":"c-1"}"#, from: "a")
        #expect(posts.first == .accepted("a", ref: "1", sequence: 1, id: "m-1"), "the acknowledgement first")
        #expect(posts.dropFirst().map(\.shown) == ["a general 1 alice: hello", "b general 1 alice: hello"])

        posts = try await host.receive(#"{"action":"sendMessage","ref":"2","message":"hello","clientMessageId":"c-1"}"#, from: "a")
        #expect(posts == [.accepted("a", ref: "2", sequence: 1, id: "m-1")], "a repeated message is acknowledged and shown to nobody")
        posts = try await host.receive(#"{"action":"sendMessage","ref":"2","message":"hi","clientMessageId":"c-1"}"#, from: "b")
        #expect(posts.first == .accepted("b", ref: "2", sequence: 2, id: "m-3"), "another sender's id is another")

        posts = try await host.receive(#"{"action":"joinRoom","ref":"3","room":"swift"}"#, from: "b")
        let position = try await host.store.position(room: "swift")
        #expect(position.sequence == 0)
        #expect(posts == [.init(connection: "b", event: ChatEvent(.joined(position), ref: "3"))])
        #expect(try await host.rooms(of: "b") == ["general", "swift"])
        posts = try await host.receive(#"{"action":"sendMessage","room":"swift","message":"only me"}"#, from: "b")
        #expect(posts.dropFirst().map(\.shown) == ["b swift 1 bob: only me"])

        posts = try await host.receive(#"{"action":"history","ref":"4","limit":1}"#, from: "a")
        let page = try await host.store.history(room: "general", range: .newest, limit: 1, maximumBytes: 1000)
        #expect(page.messages.map(\.message) == ["hi"])
        #expect(posts == [.init(connection: "a", event: ChatEvent(.history(page), ref: "4"))])
        posts = try await host.receive(#"{"action":"ping","ref":"5"}"#, from: "a")
        #expect(posts == [.init(connection: "a", event: ChatEvent(.pong, ref: "5"))])

        posts = try await host.receive(#"{"action":"leaveRoom","ref":"6"}"#, from: "b")
        #expect(posts == [.init(connection: "b", event: ChatEvent(.left(room: "general"), ref: "6"))])
        posts = try await host.receive(#"{"action":"sendMessage","message":"gone?"}"#, from: "a")
        #expect(posts.dropFirst().map(\.shown) == ["a general 3 alice: gone?"])

        try await host.disconnect("a")
        try await host.disconnect("a")
        #expect(try await host.members(of: "general") == [])
        #expect(try await host.rooms(of: "a") == nil)
        #expect(host.port.closings.isEmpty)
    }
}
