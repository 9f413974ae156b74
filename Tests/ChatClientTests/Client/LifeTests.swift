import ChatProtocol
import ChatTransport
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import ChatClient

/// Waiting, giving up, ending.
@Suite(.timeLimit(.minutes(2)))
struct LifeTests {
    @Test func aRequestThatIsNotAnsweredTimesOut() async throws {
        try await withFakeServer({ try await $0.ignoreEverything() }) { url in
            try await withClient(url, configure: { $0.requestTimeout = .milliseconds(50) }) { client in
                for _ in 1...3 {
                    let error = await #expect(throws: ChatClientError.self) { try await client.send("hello") }
                    #expect(error?.code == .timedOut)
                }
                #expect(await client.waitingCount == 0)
            }
        }
    }

    @Test func soDoesOneThatFindsNoServer() async throws {
        try await withClient("ws://127.0.0.1:1/ws", configure: { $0.requestTimeout = .milliseconds(50) }) { client in
            let error = await #expect(throws: ChatClientError.self) { try await client.ping() }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func soManyRequestsMayWait() async throws {
        try await withFakeServer({ try await $0.ignoreEverything() }) { url in
            try await withClient(
                url,
                configure: {
                    $0.maximumPendingRequests = 2
                    $0.rooms = []
                }
            ) { client in
                let waiting = [Task { try await client.ping() }, Task { try await client.ping() }]
                try await until { await client.waitingCount == 2 }
                let error = await #expect(throws: ChatClientError.self) { try await client.ping() }
                #expect(error?.code == .overloaded)
                for task in waiting { task.cancel() }
                for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
                #expect(await client.waitingCount == 0)
            }
        }
    }

    @Test func aCancelledRequestEndsAtOnce() async throws {
        try await withFakeServer({ try await $0.ignoreEverything() }) { url in
            try await withClient(url) { client in
                let task = Task { try await client.send("hello") }
                try await until { await client.waitingCount == 1 }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                let late = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await client.send("hello")
                }
                await #expect(throws: CancellationError.self) { try await late.value }
            }
        }
    }

    @Test func closingFailsWhatWaits() async throws {
        try await withFakeServer({ try await $0.ignoreEverything() }) { url in
            let client = ChatClient(ChatClientConfiguration(url: url), tokens: NumberedTokens("alice"), logger: silent)
            let running = Task { try await client.run() }
            let waiting = (1...3).map { _ in Task { try await client.ping() } }
            try await until { await client.waitingCount == 3 }
            running.cancel()
            try await running.value
            for task in waiting {
                let error = await #expect(throws: ChatClientError.self) { try await task.value }
                #expect(error?.code == .closed)
            }
            let error = await #expect(throws: ChatClientError.self) { try await client.ping() }
            #expect(error?.code == .closed)
        }
    }

    /// Where a client may be when its task is cancelled.
    enum Moment: CaseIterable { case connected, waiting, shakingHands, begun }

    @Test(arguments: Moment.allCases)
    func cancellingEndsItPromptly(_ moment: Moment) async throws {
        let asked = Waits()
        try await withFakeServer(
            decide: { _ in
                guard moment == .shakingHands else { return .accept(subprotocol: "chat.v1") }
                try? await asked.wait(0)
                return .reject(status: .serviceUnavailable)
            }, { try await $0.ignoreEverything() }
        ) { url in
            let waits = Waits()
            let target = moment == .waiting ? "ws://127.0.0.1:1/ws" : url
            // None of its own times may be what ends it.
            var configuration = ChatClientConfiguration(url: target)
            configuration.webSocket.connectTimeout = .seconds(600)
            configuration.webSocket.handshakeTimeout = .seconds(600)
            configuration.webSocket.webSocket.closeTimeout = .seconds(600)
            let client = ChatClient(configuration, tokens: NumberedTokens("alice"), logger: silent) { try await waits.wait($0) }
            let running = Task { try await client.run() }
            switch moment {
            case .connected: #expect(try await client.nextEvent() == .connected)
            case .waiting: _ = try await waits.next()
            case .shakingHands: _ = try await asked.next()
            case .begun: break
            }
            running.cancel()
            try await running.value
            asked.end()
            #expect(await client.waitingCount == 0)
        }
    }

    @Test func aBodyThatReturnsEndsTheClient() async throws {
        try await withChat { chat in
            let url = await chat.url
            let client = try await ChatClient.withClient(ChatClientConfiguration(url: url), tokens: NumberedTokens("alice"), logger: silent)
            {
                _ = try await $0.send("hello")
                return $0
            }
            let error = await #expect(throws: ChatClientError.self) { try await client.ping() }
            #expect(error?.code == .closed)
            try await until { await chat.connectionCount == 0 }
        }
    }

    private struct Failure: Error {}

    @Test func aBodyThatThrowsEndsTheClient() async throws {
        try await withChat { chat in
            let url = await chat.url
            await #expect(throws: Failure.self) {
                try await ChatClient.withClient(ChatClientConfiguration(url: url), tokens: NumberedTokens("alice"), logger: silent) {
                    client in
                    try await client.ping()
                    throw Failure()
                }
            }
            try await until { await chat.connectionCount == 0 }
        }
    }

    /// A server that lets clients in and then fails is to be met no faster than one that is not there.
    @Test func regressionAServerThatFailsAtOnceIsNotStormed() async throws {
        let waits = Waits()
        try await withFakeServer({ try await $0.close(.internalError) }) { url in
            try await withClient(url, waits: waits) { _ in
                for failures in 1...5 {
                    let waited = try await waits.next()
                    #expect(waited == failures)
                    waits.end()
                }
            }
        }
    }

    @Test func aSilentConnectionIsKeptAlive() async throws {
        let received = Waits()
        try await withFakeServer({ connection in
            for try await message in connection.messages where String(buffer: message.bytes) == #"{"action":"ping"}"# {
                try await received.wait(1)
            }
        }) { url in
            try await withClient(
                url,
                configure: {
                    $0.keepAliveInterval = .milliseconds(20)
                    $0.rooms = []
                }
            ) { _ in
                for _ in 1...3 {
                    _ = try await received.next()
                    received.end()
                }
            }
        }
    }

    @Test func whatCannotBeReadIsPassedOver() async throws {
        try await withFakeServer({ connection in
            for text in ["no JSON", "{}", #"{"type":"message"}"#, #"{"type":"typing","who":"bob"}"#] { try await connection.send(text) }
            try await connection.send(WebSocketMessage(.binary, ByteBuffer(bytes: [0xFF])))
            for try await _ in connection.messages { try await connection.send(#"{"type":"pong","ref":"1"}"#) }
        }) { url in
            try await withClient(url, configure: { $0.rooms = [] }) { client in
                try await client.ping()
                #expect(try await client.nextEvent() == .connected)
                guard case .other(let event) = try await client.nextEvent() else { throw Missing() }
                #expect(event.kind == .unknown(type: "typing"))
            }
        }
    }

    @Test func anAnswerOfAnotherKindIsRefused() async throws {
        try await withFakeServer({ connection in
            for try await _ in connection.messages { try await connection.send(#"{"type":"left","ref":"1","room":"x"}"#) }
        }) { url in
            try await withClient(url, configure: { $0.rooms = [] }) { client in
                let error = await #expect(throws: ChatClientError.self) { try await client.ping() }
                #expect(error?.code == .refused && error?.chatError == nil)
            }
        }
    }
}
