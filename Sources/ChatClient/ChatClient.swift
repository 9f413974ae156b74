public import ChatProtocol
import ChatTransport
import HTTPTypes
public import Logging
import NIOCore

/// A chat's other end: connects, comes back when the connection is lost, sends, and hears what is said.
///
///     try await ChatClient.withClient(configuration, tokens: session, logger: logger) { chat in
///         let receipt = try await chat.send("hello")
///         for await event in chat.events { … }
///     }
public actor ChatClient {
    private let configuration: ChatClientConfiguration
    private let tokens: any AccessTokenSource
    private let logger: Logger
    private var machine: StateMachine
    private var buffer: EventBuffer
    private var waiting: [StateMachine.RequestID: CheckedContinuation<ChatEvent, any Error>] = [:]
    private var connection: WebSocketConnection?
    /// Requests that are to be written; one task writes them, so that they keep their order.
    private var outbox: AsyncStream<ChatRequest>.Continuation?
    private var isClosed = false
    /// Tries to connect that have failed in a row.
    private var failures = 0
    private let wait: @Sendable (_ failures: Int) async throws -> Void

    /// What happens in the rooms and to the connection. For one reader; bounded, see ``ChatClientConfiguration/maximumBufferedEvents``.
    public nonisolated let events: AsyncStream<ChatClientEvent>

    /// A client that connects once ``run()`` is called; ``withClient(_:tokens:logger:_:)`` does both.
    public init(_ configuration: ChatClientConfiguration, tokens: any AccessTokenSource, logger: Logger) {
        self.init(configuration, tokens: tokens, logger: logger) { [backoff = configuration.backoff] failures in
            try await Task.sleep(for: backoff.delay(attempt: failures, random: Double.random(in: 0...1)))
        }
    }

    /// - Parameter wait: returns when it is time to try again.
    init(
        _ configuration: ChatClientConfiguration, tokens: any AccessTokenSource, logger: Logger,
        wait: @escaping @Sendable (_ failures: Int) async throws -> Void
    ) {
        self.wait = wait
        self.configuration = configuration
        self.tokens = tokens
        self.logger = logger
        self.machine = StateMachine(
            rooms: configuration.rooms, maximumPending: configuration.maximumPendingRequests,
            maximumCatchUp: configuration.maximumCatchUp)
        self.buffer = EventBuffer(limit: configuration.maximumBufferedEvents)
        self.events = self.buffer.stream
    }

    /// Runs `body` with a client that is connected, or getting so, until it returns.
    ///
    /// - Throws: what `body` threw; ``ChatClientError`` with `unauthorized` if the server lets the user in no more.
    public static func withClient<Value: Sendable>(
        _ configuration: ChatClientConfiguration, tokens: any AccessTokenSource, logger: Logger,
        _ body: @escaping @Sendable (ChatClient) async throws -> Value
    ) async throws -> Value {
        let client = ChatClient(configuration, tokens: tokens, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await client.run()
                return nil
            }
            group.addTask { try await body(client) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let value = result { return value }
            }
            throw CancellationError()
        }
    }

    // MARK: Requests

    /// Sends a message.
    ///
    /// - Parameter clientMessageId: names the message, so that it is kept once however often it is sent. Default: a random one.
    /// - Returns: where the message stands in its room. It is durable then.
    /// - Throws: ``ChatClientError``.
    public func send(
        _ message: String, to room: String = ChatDefaults.room, clientMessageId: String? = nil
    ) async throws -> MessageReceipt {
        let outgoing = OutgoingMessage(room: room, message: message, clientMessageId: clientMessageId ?? Self.randomID())
        guard case .messageAccepted(let receipt) = try await self.request(.sendMessage(outgoing)).kind else { throw Self.unexpected }
        return receipt
    }

    /// Enters a room, now and on every later connection.
    ///
    /// - Returns: how far the room has come. What comes after that arrives as events.
    /// - Throws: ``ChatClientError``.
    public func join(_ room: String) async throws -> RoomPosition {
        guard case .joined(let position) = try await self.request(.joinRoom(room: room)).kind else { throw Self.unexpected }
        return position
    }

    /// Leaves a room.
    public func leave(_ room: String) async throws {
        guard case .left = try await self.request(.leaveRoom(room: room)).kind else { throw Self.unexpected }
    }

    /// Reads part of a room.
    public func history(_ query: HistoryQuery = HistoryQuery()) async throws -> HistoryPage {
        guard case .history(let page) = try await self.request(.history(query)).kind else { throw Self.unexpected }
        return page
    }

    /// Asks for a sign of life.
    public func ping() async throws {
        guard case .pong = try await self.request(.ping).kind else { throw Self.unexpected }
    }

    private func request(_ action: ChatAction) async throws -> ChatEvent {
        guard !self.isClosed else { throw ChatClientError(.closed, "The client was closed.") }
        guard let (id, actions) = self.machine.request(action) else {
            throw ChatClientError(.overloaded, "Too many requests wait for an answer.")
        }
        let timeout = Task { [timeout = self.configuration.requestTimeout] in
            try await Task.sleep(for: timeout)
            self.giveUp(id, ChatClientError(.timedOut, "No answer came in time."))
        }
        defer { timeout.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.waiting[id] = continuation
                self.perform(actions)
            }
        } onCancel: {
            Task { await self.giveUp(id, CancellationError()) }
        }
    }

    /// Requests that wait for their answer.
    var waitingCount: Int { self.waiting.count }

    private func giveUp(_ id: StateMachine.RequestID, _ error: any Error) {
        self.machine.forget(id)
        self.waiting.removeValue(forKey: id)?.resume(throwing: error)
    }

    private func perform(_ actions: [StateMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let request): self.outbox?.yield(request)
            case .finish(let id, let event): self.waiting.removeValue(forKey: id)?.resume(returning: event)
            case .fail(let id, let error):
                let failure = ChatClientError(.refused, error.message, chatError: error)
                self.waiting.removeValue(forKey: id)?.resume(throwing: failure)
            case .tell(let event): self.buffer.append(event)
            case .reconnect: self.outbox?.finish()
            }
        }
    }

    // MARK: Connecting

    /// Stays connected until the task is cancelled. Call it once.
    ///
    /// - Throws: ``ChatClientError`` with `unauthorized` if the server lets the user in no more.
    public func run() async throws {
        defer { self.close() }
        var refusals = 0
        while !Task.isCancelled {
            var closure: WebSocketClosure?
            do {
                closure = try await self.connectOnce { refusals = 0 }
                if closure?.code == .tokenExpired { await self.tokens.discardAccessToken() }
            } catch let error as WebSocketError where error.status == 401 || error.status == 403 {
                refusals += 1
                // The first refusal may be a token that has just run out; a second one is not.
                guard refusals < 2 else { throw ChatClientError(.unauthorized, "The server lets the user in no more.", underlying: error) }
                await self.tokens.discardAccessToken()
            } catch let error as ChatClientError where error.code == .unauthorized {
                throw error
            } catch {
                self.logger.debug("no connection", metadata: ["chat.error": "\(error)"])
            }
            guard !Task.isCancelled else { break }
            self.buffer.append(.disconnected(closure))
            self.failures += 1
            try? await self.wait(self.failures)
        }
    }

    private func connectOnce(_ onOpen: () -> Void) async throws -> WebSocketClosure {
        var configuration = self.configuration.webSocket
        configuration.subprotocols = [ChatDefaults.subprotocol]
        configuration.headers[.authorization] = "Bearer \(try await self.tokens.accessToken())"
        return try await WebSocketClient.withConnection(to: self.configuration.url, configuration: configuration) { connection in
            onOpen()
            let (requests, outbox) = AsyncStream<ChatRequest>.makeStream(
                bufferingPolicy: .bufferingOldest(self.configuration.maximumPendingRequests * 2 + self.configuration.rooms.count))
            self.outbox = outbox
            self.perform(self.machine.connected())
            defer {
                self.outbox = nil
                outbox.finish()
                self.machine.disconnected()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await request in requests { try await connection.send(String(decoding: request.encoded(), as: UTF8.self)) }
                    // Nothing more is to be sent on this connection.
                    try await connection.close(.normalClosure)
                }
                if let interval = self.configuration.keepAliveInterval {
                    group.addTask {
                        while true {
                            try await Task.sleep(for: interval)
                            outbox.yield(ChatRequest(.ping))
                        }
                    }
                }
                defer { group.cancelAll() }
                for try await message in connection.messages where message.kind == .text { self.receive(message) }
            }
            return await connection.closure
        }
    }

    private func receive(_ message: WebSocketMessage) {
        let event: ChatEvent
        do {
            event = try message.bytes.withUnsafeReadableBytes { try ChatEvent(decoding: $0) }
        } catch {
            // A server that sends what is no event is not one to leave for that; the next frame may be.
            self.logger.warning("an event cannot be read", metadata: ["chat.error": "\(error)"])
            return
        }
        // A server that lets clients in and then fails is to be met no faster than one that is not there.
        if case .error = event.kind {} else { self.failures = 0 }
        self.perform(self.machine.receive(event))
    }

    private func close() {
        self.isClosed = true
        let waiting = self.waiting
        self.waiting = [:]
        for (id, continuation) in waiting {
            self.machine.forget(id)
            continuation.resume(throwing: ChatClientError(.closed, "The client was closed."))
        }
        self.buffer.finish()
    }

    private static let unexpected = ChatClientError(.refused, "The server's answer is none to this request.")

    private static func randomID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
