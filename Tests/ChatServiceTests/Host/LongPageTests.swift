import ChatProtocol
import ChatService
import ChatStore
import Testing

/// A page is measured by its text, and JSON may need six bytes for one; a host may have a limit for what it sends.
struct LongPageTests {
    private struct NarrowPort: ConnectionsPort {
        let base: RecordingPort
        var maximumEventBytes: Int? { 1500 }

        func post(_ event: ChatEvent, to connectionId: String) async throws { try await self.base.post(event, to: connectionId) }
        func publish(_ events: [ChatEvent], room: String, whenReached: @escaping @Sendable () async -> Void) async throws {
            try await self.base.publish(events, room: room, whenReached: whenReached)
        }
        func close(connectionId: String, code: WebSocketCloseCode, reason: String) async throws {
            try await self.base.close(connectionId: connectionId, code: code, reason: reason)
        }
    }

    private static func page(_ request: String) async throws -> HistoryPage? {
        let store = InMemoryStore()
        let port = RecordingPort(connections: store, now: { .now() })
        let service = ChatService(rules: .sample(), messages: store, connections: store, port: NarrowPort(base: port))
        try await service.connect(id: "a", user: ConnectedUser(sender: .alice))
        for _ in 1...8 {
            let text = String(repeating: "\\u0001", count: 50)
            try await service.receive(Array(#"{"action":"sendMessage","message":"\#(text)"}"#.utf8), from: "a")
        }
        _ = port.takePosts()
        try await service.receive(Array(request.utf8), from: "a")
        guard case .history(let page)? = port.takePosts().first?.event.kind else { return nil }
        return page
    }

    @Test(arguments: [
        (#"{"action":"history"}"#, 8), (#"{"action":"history","before":5}"#, 4),
    ])
    func whatIsNearestStays(_ request: String, _ newest: Int64) async throws {
        let page = try #require(try await Self.page(request))
        #expect(page.messages.last?.sequence == newest && page.hasMore)
        #expect(!page.messages.isEmpty && ChatEvent(.history(page)).encoded().count <= 1500)
    }

    @Test func afterAPlaceTheOldestStay() async throws {
        let page = try #require(try await Self.page(#"{"action":"history","after":2}"#))
        #expect(page.messages.first?.sequence == 3 && page.hasMore)
        #expect(ChatEvent(.history(page)).encoded().count <= 1500)
    }
}
