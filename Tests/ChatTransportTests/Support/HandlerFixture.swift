import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A handler in a channel whose peer and time are the test's.
final class HandlerFixture {
    /// The network: it can stop taking what is sent, and it counts what reads it is asked for.
    private final class Network: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        var isStalled = false
        var hasHeldBackFlush = false
        var reads = 0

        func channelReadComplete(context: ChannelHandlerContext) {
            context.fireChannelReadComplete()
            context.channel.read()  // As a channel does that reads by itself.
        }

        func flush(context: ChannelHandlerContext) {
            if self.isStalled { self.hasHeldBackFlush = true } else { context.flush() }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            // An embedded channel that is closed forgets the promises of what it has not flushed.
            context.flush()
            context.close(mode: mode, promise: promise)
        }

        func read(context: ChannelHandlerContext) {
            self.reads += 1
            context.read()
        }
    }

    let channel = EmbeddedChannel()
    let handler: WebSocketHandler
    private let network = Network()
    private let role: Role
    private(set) var closure: WebSocketClosure?

    init(_ role: Role = .server, above: (any ChannelHandler)? = nil, _ change: (inout WebSocketConfiguration) -> Void = { _ in }) throws {
        var configuration = WebSocketConfiguration()
        change(&configuration)
        self.role = role
        try self.channel.pipeline.syncOperations.addHandler(self.network)
        self.handler = try WebSocketHandler.addToPipeline(
            of: self.channel, settings: WebSocketSettings(configuration, role: role), loop: WebSocketLoop(eventLoop: self.channel.eventLoop)
        )
        if let above { try self.channel.pipeline.syncOperations.addHandler(above) }
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        self.handler.closeFuture.assumeIsolated().whenSuccess { [weak self] in self?.closure = $0 }
    }

    deinit {
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    // MARK: The peer

    /// The frame arrives, masked as it should be.
    func receive(_ frame: WireFrame) throws {
        try self.receive(bytes: (self.role == .server ? frame.masked : frame.unmasked).bytes)
    }

    func receive(bytes: some Sequence<UInt8>) throws {
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// What the peer has got since this was asked last, without masks.
    func sent(_ location: SourceLocation = #_sourceLocation) throws -> [WireFrame] {
        var bytes: [UInt8] = []
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
        let frames = try #require(WireFrame.all(in: bytes), sourceLocation: location)
        #expect(frames.allSatisfy { ($0.mask != nil) == (self.role == .client) }, sourceLocation: location)
        return frames.map(\.unmasked)
    }

    // MARK: This end

    @discardableResult
    func send(_ text: String) -> EventLoopFuture<Void> {
        self.channel.writeAndFlush(WebSocketMessage(.text, ByteBuffer(string: text)))
    }

    /// Has a message sent when the tick ends.
    func post(_ text: String) {
        self.handler.post(EncodedMessage(.text, payload: Array(text.utf8)), now: self.channel.eventLoop.now)
    }

    func endTick() {
        self.channel.embeddedEventLoop.run()
    }

    /// Whether a message is refused at once.
    func refuses(_ text: String) -> Bool {
        var isRefused = false
        self.send(text).assumeIsolated().whenFailure { isRefused = $0 as? ChannelError == .ioOnClosedChannel }
        return isRefused
    }

    func delivered() throws -> [String] {
        var messages: [String] = []
        while let message = try self.channel.readInbound(as: WebSocketMessage.self) { messages.append(String(buffer: message.bytes)) }
        return messages
    }

    // MARK: The network

    var reads: Int { self.network.reads }

    var waitingBytes: Int {
        get throws { try #require(try self.channel.syncOptions?.getOption(.bufferedWritableBytes)) }
    }

    func stall() {
        self.network.isStalled = true
        self.channel.isWritable = false
    }

    func unstall() {
        self.network.isStalled = false
        self.channel.isWritable = true
        if self.network.hasHeldBackFlush { self.channel.flush() }
        self.channel.embeddedEventLoop.run()
    }

    func advance(_ time: Duration) {
        self.channel.embeddedEventLoop.advanceTime(by: TimeAmount(time))
    }

    /// The closure, once the channel has ended.
    func end(_ location: SourceLocation = #_sourceLocation) throws -> WebSocketClosure {
        self.channel.embeddedEventLoop.run()
        #expect(!self.channel.isActive, sourceLocation: location)
        return try #require(self.closure, sourceLocation: location)
    }
}
