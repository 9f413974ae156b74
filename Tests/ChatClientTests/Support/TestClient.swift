import ChatProtocol
import NIOCore
import NIOPosix
import Testing

@testable import ChatClient

/// Waits between tries to connect, which end when the test says so.
final class Waits: Sendable {
    private let begun: AsyncStream<Int>
    private let report: AsyncStream<Int>.Continuation
    private let allowed: AsyncStream<Void>
    private let allow: AsyncStream<Void>.Continuation

    init() {
        (self.begun, self.report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
        (self.allowed, self.allow) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    /// Returns once the client waits; how many tries have then failed in a row.
    func next() async throws -> Int {
        var iterator = self.begun.makeAsyncIterator()
        guard let failures = await iterator.next() else { throw CancellationError() }
        return failures
    }

    func end() { self.allow.yield() }

    func wait(_ failures: Int) async throws {
        self.report.yield(failures)
        var iterator = self.allowed.makeAsyncIterator()
        _ = await iterator.next()
    }
}

/// Runs `body` with a client whose waits are the test's.
func withClient<Value: Sendable>(
    _ url: String, _ tokens: any AccessTokenSource = NumberedTokens("alice"), waits: Waits = Waits(),
    configure: (inout ChatClientConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (ChatClient) async throws -> Value
) async throws -> Value {
    var configuration = ChatClientConfiguration(url: url)
    configuration.requestTimeout = .seconds(100)
    configure(&configuration)
    let client = ChatClient(configuration, tokens: tokens, logger: silent) { try await waits.wait($0) }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await client.run()
            return nil
        }
        group.addTask { try await body(client) }
        defer { group.cancelAll() }
        while let result = try await group.next() { if let value = result { return value } }
        throw CancellationError()
    }
}

extension ChatClient {
    /// The next event. Only one task may ask at a time.
    nonisolated func nextEvent() async throws -> ChatClientEvent {
        var iterator = self.events.makeAsyncIterator()
        guard let event = await iterator.next() else { throw CancellationError() }
        return event
    }

    /// The texts of so many messages; other events are passed over.
    nonisolated func texts(_ count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count { if case .message(let message) = try await self.nextEvent() { texts.append(message.message) } }
        return texts
    }

    /// Returns once a connection is open, whatever it is good for.
    nonisolated func waitToBeOpen() async throws {
        while try await self.nextEvent() != .connected {}
    }

    /// Returns once a connection is open and its rooms are entered.
    nonisolated func waitForConnection() async throws {
        try await self.waitToBeOpen()
        try await self.ping()
    }
}

func until(_ condition: () async throws -> Bool) async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    while try await !condition() {
        try Task.checkCancellation()
        // Not in a circle of its own, which would take the processor from what is waited for.
        try await eventLoop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
    }
}
