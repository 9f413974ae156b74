public import ChatProtocol
import NIOCore

/// One end of an open WebSocket for a task: messages come as a sequence, and sending waits while the peer reads slowly.
///
/// It lives inside of the closure that it is handed to. When that returns, the connection closes with 1000 if it is still open.
public struct WebSocketConnection: Sendable {
    /// The messages of the peer, in order. Ends when the connection does. For one task, and to be iterated once: a second
    /// iterator is a programming error.
    public struct Messages: AsyncSequence, Sendable {
        public typealias Element = WebSocketMessage
        let base: NIOAsyncChannelInboundStream<WebSocketMessage>

        public struct AsyncIterator: AsyncIteratorProtocol {
            var base: NIOAsyncChannelInboundStream<WebSocketMessage>.AsyncIterator

            public mutating func next() async throws -> WebSocketMessage? {
                try await self.base.next()
            }
        }

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: self.base.makeAsyncIterator())
        }
    }

    public let messages: Messages
    /// The subprotocol that the server selected.
    public let subprotocol: String?
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketMessage>
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>
    private let closed: EventLoopFuture<WebSocketClosure>

    init(
        messages: Messages, subprotocol: String?, outbound: NIOAsyncChannelOutboundWriter<WebSocketMessage>, channel: any Channel,
        handler: NIOLoopBound<WebSocketHandler>, closed: EventLoopFuture<WebSocketClosure>
    ) {
        self.messages = messages
        self.subprotocol = subprotocol
        self.outbound = outbound
        self.channel = channel
        self.handler = handler
        self.closed = closed
    }

    /// Sends a text message. Returns once it is on its way, not when it has arrived: while the peer does not read, it waits, for
    /// ``WebSocketConfiguration/sendTimeout`` at most.
    ///
    /// - Throws: an error if the connection has ended, or is closing: the message may then not have been sent.
    public func send(_ text: String) async throws {
        try await self.send(WebSocketMessage(.text, ByteBuffer(string: text)))
    }

    /// Sends a message.
    public func send(_ message: WebSocketMessage) async throws {
        do {
            try await self.outbound.write(message)
            // The writer hears on the event loop that the channel has had enough, or has ended, and a task that sends on meanwhile
            // outruns it; nor does it hear of a message that is not taken, since another task has closed meanwhile.
            guard try await self.isTaken() else { throw ChannelError.ioOnClosedChannel }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw WebSocketError(.closed, "The connection has ended.", underlying: error)
        }
    }

    private func isTaken() async throws -> Bool {
        let (channel, handler) = (self.channel, self.handler)
        return try await channel.eventLoop.submit { channel.isActive && !handler.value.output.hasRefused }.get()
    }

    /// Starts the close handshake, behind what was sent, but ahead of whoever waits to send. ``messages`` ends when it is over.
    ///
    /// - Parameters:
    ///   - code: one that may be sent; in place of another (1005, 1006) none is.
    ///   - reason: what is over 123 bytes is cut off.
    /// - Throws: an error if the connection has ended.
    public func close(_ code: WebSocketCloseCode = .normalClosure, reason: String = "") async throws {
        do {
            // Not by the writer, which waits for a peer that does not read, and does nothing for a task that was cancelled.
            let (channel, handler) = (self.channel, self.handler)
            try await channel.eventLoop.submit {
                guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
                handler.value.close(code, reason: reason)
            }.get()
        } catch {
            throw WebSocketError(.closed, "The connection has ended.", underlying: error)
        }
    }

    /// How the connection ended, once it has.
    public var closure: WebSocketClosure {
        get async { (try? await self.closed.get()) ?? WebSocketClosure(code: .abnormalClosure, reason: "") }
    }
}

/// A channel whose handshake is done, ready to be used by a task.
struct UpgradedChannel: Sendable {
    let channel: NIOAsyncChannel<WebSocketMessage, WebSocketMessage>
    private let handler: NIOLoopBound<WebSocketHandler>
    private let closed: EventLoopFuture<WebSocketClosure>
    private let subprotocol: String?

    /// On the event loop.
    init(_ channel: any Channel, handler: WebSocketHandler, subprotocol: String?) throws {
        self.channel = try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.closed = handler.closeFuture
        self.subprotocol = subprotocol
    }

    func run<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        try await self.channel.executeThenClose { inbound, outbound in
            let connection = WebSocketConnection(
                messages: .init(base: inbound), subprotocol: self.subprotocol, outbound: outbound, channel: self.channel.channel,
                handler: self.handler, closed: self.closed)
            let result: Result<Value, any Error>
            do { result = .success(try await body(connection)) } catch { result = .failure(error) }
            // The peer is told, and has the configured time to answer; both ways end in the close future.
            try? await connection.close()
            _ = try? await self.closed.get()
            return try result.get()
        }
    }
}
