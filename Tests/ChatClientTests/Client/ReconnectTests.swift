import ChatProtocol
import ChatStore
import ChatTransport
import Testing

@testable import ChatClient

/// A connection that is lost: the client comes back, misses nothing and shows nothing twice.
@Suite(.timeLimit(.minutes(2)))
struct ReconnectTests {
    private static func disconnect(_ client: ChatClient) async throws -> UInt16? {
        while true { if case .disconnected(let closure) = try await client.nextEvent() { return closure?.code.rawValue } }
    }

    @Test func aServerThatGoesDownAndComesBackIsFoundAgain() async throws {
        let (store, waits) = (InMemoryStore(), Waits())
        try await withChat(store: store) { chat in
            let url = await chat.url
            try await withClient(url, waits: waits) { client in
                try await client.waitForConnection()
                _ = try await client.join("swift")
                for text in 1...3 { _ = try await client.send("\(text)") }
                #expect(try await client.texts(3) == ["1", "2", "3"])
                try await chat.stop()
                #expect(try await Self.disconnect(client) == 1001)
                #expect(try await waits.next() == 1)
                waits.end()
                #expect(try await Self.disconnect(client) == nil, "nobody is there")
                #expect(try await waits.next() == 2)

                try await chat.start()
                try await withClient(url, NumberedTokens("bob")) { bob in
                    _ = try await bob.join("swift")
                    for text in 4...120 { _ = try await bob.send("\(text)") }
                    _ = try await bob.send("while you were away", to: "swift")
                    waits.end()
                    #expect(try await client.nextEvent() == .connected)
                    try await client.ping()
                    _ = try await bob.send("121")
                    _ = try await bob.send("here you are", to: "swift")
                }
                var (general, swift): ([String], [String]) = ([], [])
                while general.count < 118 || swift.count < 2 {
                    guard case .message(let message) = try await client.nextEvent() else { throw Missing() }
                    if message.room == "swift" { swift.append(message.message) } else { general.append(message.message) }
                }
                #expect(general == (4...121).map { "\($0)" })
                #expect(swift == ["while you were away", "here you are"])
            }
        }
    }

    @Test func whatIsSentWhileThereIsNoServerWaits() async throws {
        let waits = Waits()
        try await withChat { chat in
            try await withClient(chat.url, waits: waits) { client in
                try await client.waitForConnection()
                try await chat.stop()
                #expect(try await waits.next() == 1)
                async let first = client.send("one")
                async let joined = client.join("swift")
                try await until { await client.waitingCount == 2 }
                try await chat.start()
                waits.end()
                #expect(try await first.sequence == 1)
                #expect(try await joined.room == "swift")
            }
        }
    }

    /// The server has kept the message, and the connection is cut before it says so.
    @Test func aMessageWithoutAnAnswerIsSentAgainAndKeptOnce() async throws {
        let (store, waits) = (HeldStore(), Waits())
        try await withChat(store: store, drainTimeout: .milliseconds(100)) { chat in
            try await withClient(chat.url, waits: waits) { client in
                try await client.waitForConnection()
                store.hold()
                async let receipt = client.send("once")
                try await until { try await store.base.position(room: "general").sequence == 1 }
                async let stopped: Void = chat.stop()
                _ = try await Self.disconnect(client)
                store.release()
                try await stopped
                try await chat.start()
                #expect(try await waits.next() == 1)
                waits.end()
                #expect(try await receipt.sequence == 1)
                #expect(try await client.send("twice").sequence == 2)
                #expect(try await client.history().messages.map(\.message) == ["once", "twice"])
                #expect(try await client.nextEvent() == .connected)
                #expect(try await client.texts(2) == ["once", "twice"], "and shown once")
            }
        }
    }

    @Test func anotherStoreIsAnotherNumbering() async throws {
        let waits = Waits()
        try await withChat { chat in
            try await withClient(chat.url, waits: waits) { client in
                try await client.waitForConnection()
                for text in 1...3 { _ = try await client.send("\(text)") }
                #expect(try await client.texts(3).count == 3)
                try await chat.stop()
                await chat.replaceStore()
                try await chat.start()
                #expect(try await waits.next() == 1)
                waits.end()
                _ = try await Self.disconnect(client)
                #expect(try await client.nextEvent() == .connected)
                #expect(try await client.nextEvent() == .restarted(room: "general"))
                #expect(try await client.send("anew").sequence == 1)
                #expect(try await client.texts(1) == ["anew"])
            }
        }
    }

    @Test func tooMuchToFetchIsTold() async throws {
        let waits = Waits()
        try await withChat { chat in
            let url = await chat.url
            try await withClient(url, waits: waits, configure: { $0.maximumCatchUp = 5 }) { client in
                try await client.waitForConnection()
                try await chat.stop()
                #expect(try await waits.next() == 1)
                try await chat.start()
                try await withClient(url, NumberedTokens("bob")) { for text in 1...20 { _ = try await $0.send("\(text)") } }
                waits.end()
                _ = try await Self.disconnect(client)
                #expect(try await client.nextEvent() == .connected)
                #expect(try await client.nextEvent() == .missed(room: "general", 1...15))
                #expect(try await client.texts(5) == ["16", "17", "18", "19", "20"])
            }
        }
    }

    @Test func aRoomThatCannotBeReenteredForNowIsTriedAgain() async throws {
        let (store, waits) = (HeldStore(), Waits())
        try await withChat(store: store) { chat in
            try await withClient(chat.url, waits: waits) { client in
                _ = try await client.join("swift")
                store.failPosition(of: "swift", StoreError(.failed, ""))
                try await chat.stop()
                try await chat.start()
                #expect(try await waits.next() == 1)
                waits.end()
                #expect(try await waits.next() >= 1)
                store.failPosition(of: "swift", nil)
                waits.end()
                #expect(try await client.send("back", to: "swift").sequence == 1)
            }
        }
    }

    /// Nothing more is said in the room, so that only the client's own try can bring what it has missed.
    @Test func regressionACatchUpThatFailsIsTriedAgain() async throws {
        let (store, waits) = (HeldStore(), Waits())
        try await withChat(store: store) { chat in
            let url = await chat.url
            try await withClient(url, waits: waits) { client in
                try await client.waitForConnection()
                try await chat.stop()
                try await chat.start()
                try await withClient(url, NumberedTokens("bob")) { _ = try await $0.send("missed") }
                store.failHistory(StoreError(.overloaded, ""))
                #expect(try await waits.next() == 1)
                waits.end()
                _ = try await waits.next()
                store.failHistory(nil)
                waits.end()
                #expect(try await client.texts(1) == ["missed"])
            }
        }
    }
}
