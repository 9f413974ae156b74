import ChatProtocol
import ChatStore
import Testing

/// A store that fails: the client is told, and nobody is told of what was not kept.
struct StoreFailureTests {
    let store = FailingStore()
    let host: LambdaHost<FailingStore>

    init() async throws {
        self.host = LambdaHost(self.store)
        try await self.host.connect("a", .alice)
        try await self.host.connect("b", .bob)
    }

    private static let send = #"{"action":"sendMessage","ref":"1","message":"hello"}"#

    @Test(
        arguments: [
            (.append, Self.send), (.history, #"{"action":"history","ref":"1"}"#), (.join, #"{"action":"joinRoom","ref":"1","room":"x"}"#),
            (.position, #"{"action":"joinRoom","ref":"1","room":"x"}"#), (.leave, #"{"action":"leaveRoom","ref":"1"}"#),
        ] as [(FailingStore.Call, String)])
    func theClientIsToldAndCanTryAgain(_ call: FailingStore.Call, _ json: String) async throws {
        self.store.fail(call)
        let posts = try await self.host.receive(json, from: "a")
        #expect(posts.count == 1)
        #expect(posts.allSatisfy(RecordingPort.Post.error("a", ref: "1", .internalError)))
        self.store.recover()
        let again = try await self.host.receive(json, from: "a")
        #expect(again.first?.event.ref == "1")
        #expect(!again.contains(where: RecordingPort.Post.error("a", ref: "1", .internalError)))
    }

    @Test(
        arguments: [(.overloaded, .unavailable), (.closed, .unavailable), (.conflict, .internalError)] as [(StoreError.Code, ChatErrorCode)]
    )
    func theStoresReasonDecidesTheCode(_ reason: StoreError.Code, _ code: ChatErrorCode) async throws {
        self.store.fail(.append, StoreError(reason, ""))
        let posts = try await self.host.receive(Self.send, from: "a")
        #expect(posts.count == 1 && posts.allSatisfy(RecordingPort.Post.error("a", ref: "1", code)))
    }

    @Test func aStoreThatAnswersForNoMessageHasFailed() async throws {
        self.store.answerForNone()
        let posts = try await self.host.receive(Self.send, from: "a")
        #expect(posts.count == 1 && posts.allSatisfy(RecordingPort.Post.error("a", ref: "1", .internalError)))
    }

    @Test(arguments: [FailingStore.Call.connection, .insert, .remove])
    func whereTheClientCannotBeToldTheHostIs(_ call: FailingStore.Call) async throws {
        self.store.fail(call)
        let error = await #expect(throws: StoreError.self) {
            switch call {
            case .insert: try await self.host.connect("c", .bob)
            case .remove: try await self.host.disconnect("a")
            default: try await self.host.receive(Self.send, from: "a")
            }
        }
        #expect(error?.code == .failed)
        #expect(self.host.port.takePosts().isEmpty)
        #expect(try await self.store.base.position(room: "general").sequence == 0)
    }

    /// Told that it is not in the room, it must not be sent the room's messages.
    @Test func regressionAFailedJoinLeavesTheConnectionWhereItWas() async throws {
        self.store.fail(.position)
        try await self.host.receive(#"{"action":"joinRoom","room":"x"}"#, from: "a")
        try await self.host.receive(#"{"action":"joinRoom","room":"general"}"#, from: "a")
        self.store.recover()
        #expect(try await self.host.rooms(of: "a") == ["general"], "out of the new room, and still in the old one")
    }
}
