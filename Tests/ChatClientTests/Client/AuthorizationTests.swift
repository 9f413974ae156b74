import ChatProtocol
import ChatStore
import ChatTransport
import HTTPTypes
import Synchronization
import Testing

@testable import ChatClient

/// Tokens that are not taken any more.
@Suite(.timeLimit(.minutes(2)))
struct AuthorizationTests {
    @Test func aRefusedTokenIsReplacedOnce() async throws {
        let (desk, tokens, waits) = (TokenDesk(), NumberedTokens("alice"), Waits())
        desk.refuse("alice.1")
        try await withChat(authorizer: desk) { chat in
            try await withClient(chat.url, tokens, waits: waits) { client in
                #expect(try await waits.next() == 1)
                waits.end()
                try await client.waitForConnection()
                #expect(tokens.discards == 1)
            }
        }
    }

    @Test func refusedTwiceIsUnauthorized() async throws {
        let (desk, tokens, waits) = (TokenDesk(), NumberedTokens("alice"), Waits())
        for token in ["alice.1", "alice.2"] { desk.refuse(token) }
        try await withChat(authorizer: desk) { chat in
            let url = await chat.url
            waits.end()
            let error = await #expect(throws: ChatClientError.self) {
                try await withClient(url, tokens, waits: waits) { try await $0.send("hello") }
            }
            #expect(error?.code == .unauthorized || error?.code == .closed, "whichever of the two is seen first")
            #expect(tokens.discards == 1)
        }
    }

    /// It says so to whoever runs it, and ends.
    @Test(arguments: [401, 403])
    func runEndsWithIt(_ status: Int) async throws {
        try await withFakeServer(decide: { _ in .reject(status: .init(code: status)) }, { _ in }) { url in
            let client = ChatClient(ChatClientConfiguration(url: url), tokens: NumberedTokens("alice"), logger: silent) { _ in }
            let error = await #expect(throws: ChatClientError.self) { try await client.run() }
            #expect(error?.code == .unauthorized)
            #expect((error?.underlying as? WebSocketError)?.status == status)
            let closed = await #expect(throws: ChatClientError.self) { try await client.ping() }
            #expect(closed?.code == .closed)
            #expect(await client.events.reduce(into: []) { $0.append($1) } == [.disconnected(nil)], "and the events have ended")
        }
    }

    /// A connection in between means that the refusals do not belong together.
    @Test func refusalsApartAreNotTwoInARow() async throws {
        let (desk, tokens, waits) = (TokenDesk(), NumberedTokens("alice"), Waits())
        desk.refuse("alice.1")
        try await withChat(authorizer: desk) { chat in
            try await withClient(chat.url, tokens, waits: waits) { client in
                waits.end()
                try await client.waitForConnection()
                desk.refuse("alice.2")
                try await chat.stop()
                try await chat.start()
                for _ in 1...2 { waits.end() }
                try await client.waitForConnection()
                #expect(tokens.discards == 2)
            }
        }
    }

    @Test func anExpiredTokenIsReplaced() async throws {
        let (desk, tokens, waits) = (TokenDesk(), NumberedTokens("alice"), Waits())
        desk.expire("alice.1", at: .now() + .milliseconds(300))
        try await withChat(authorizer: desk) { chat in
            try await withClient(chat.url, tokens, waits: waits) { client in
                #expect(try await client.nextEvent() == .connected)
                guard case .disconnected(let closure?) = try await client.nextEvent() else { throw Missing() }
                #expect(closure.code == .tokenExpired)
                waits.end()
                try await client.waitForConnection()
                #expect(tokens.discards == 1)
            }
        }
    }

    private struct PoolIsDown: Error {}

    @Test func tokensThatCannotBeHadForNowAreAskedForAgain() async throws {
        let waits = Waits()
        try await withClient("ws://127.0.0.1:1/ws", NumberedTokens("alice", failure: PoolIsDown()), waits: waits) { client in
            for failures in 1...3 {
                let waited = try await waits.next()
                #expect(waited == failures)
                #expect(try await client.nextEvent() == .disconnected(nil))
                waits.end()
            }
        }
    }

    @Test func tokensThatCannotBeHadForGoodEndIt() async throws {
        let tokens = NumberedTokens("alice", failure: ChatClientError(.unauthorized, "Sign in again."))
        let client = ChatClient(ChatClientConfiguration(url: "ws://127.0.0.1:1/ws"), tokens: tokens, logger: silent) { _ in }
        let error = await #expect(throws: ChatClientError.self) { try await client.run() }
        #expect(error?.code == .unauthorized)
    }

    @Test func theTokenGoesIntoTheFieldAndTheChatsSubprotocolIsOffered() async throws {
        let seen = Mutex<[WebSocketUpgradeRequest]>([])
        try await withFakeServer(
            decide: { request in
                seen.withLock { $0.append(request) }
                return .accept(subprotocol: "chat.v1")
            }, { try await $0.ignoreEverything() }
        ) { url in
            try await withClient(url) { try await $0.waitToBeOpen() }
        }
        let request = try #require(seen.withLock { $0.first })
        #expect(request.headers[.authorization] == "Bearer alice.1")
        #expect(request.subprotocols == ["chat.v1"])
        #expect(request.query == "", "not into the URL, which ends up in logs")
    }
}
