package import ChatProtocol
package import NIOCore
package import NIOWebSocket

/// Drives one connection after the handshake: frames in, whole messages up; messages and close requests down, bytes out.
///
/// Handlers above may write ``WebSocketOutput``, or, on the event loop, call this one directly: that is how a broadcast writes the
/// same frame to many without a promise or an allocation each.
package final class WebSocketHandler: ChannelDuplexHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = WebSocketMessage
    package typealias OutboundIn = WebSocketOutput
    package typealias OutboundOut = ByteBuffer

    private let configuration: WebSocketConfiguration
    private let role: StateMachine.Role
    private var machine: StateMachine
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isReadingPaused = false
    private var hasHeldBackRead = false
    /// Whether the channel was asked to read since it last brought something: only then does silence say anything of the peer.
    private var isListening = true
    private let closed: EventLoopPromise<WebSocketClosure>

    /// Whether the handler above closes the connection when the server goes down, because it has something to finish first.
    package var leavesQuiescingToNext = false

    /// - Parameter closed: succeeds when the connection has ended. Its event loop must be the channel's.
    init(configuration: WebSocketConfiguration, role: StateMachine.Role, closed: EventLoopPromise<WebSocketClosure>) {
        self.configuration = configuration
        self.role = role
        self.machine = StateMachine(configuration: configuration, role: role, now: closed.futureResult.eventLoop.now)
        self.closed = closed
    }

    /// Adds the frame decoder and this handler to a channel whose HTTP handlers are gone. On its event loop.
    package static func addToPipeline(
        of channel: any Channel, configuration: WebSocketConfiguration, isServer: Bool
    ) throws -> WebSocketHandler {
        let operations = channel.pipeline.syncOperations
        let handler = WebSocketHandler(
            configuration: configuration, role: isServer ? .server : .client, closed: channel.eventLoop.makePromise())
        try operations.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: configuration.maximumFrameBytes)))
        try operations.addHandler(handler)
        return handler
    }

    package var closeFuture: EventLoopFuture<WebSocketClosure> { self.closed.futureResult }

    // MARK: Inbound

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.scheduleTimer(context: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    package func channelInactive(context: ChannelHandlerContext) {
        _ = self.machine.receiveEnd()
        self.end()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.perform(self.machine.receive(self.unwrapInboundIn(data), now: context.eventLoop.now), context: context)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as NIOWebSocketError:
            let isTooLong = error == .invalidFrameLength
            self.perform(self.machine.receiveUnreadable(isTooLong: isTooLong, now: context.eventLoop.now), context: context)
        case is ByteToMessageDecoderError:
            // What comes after an unreadable frame. The peer has been told, and must not be cut before it has read that.
            break
        default:
            // The transport is broken: there is nobody to say it to.
            context.close(promise: nil)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed as ChannelEvent:
            self.perform(self.machine.receiveEnd(), context: context)
        case is ChannelShouldQuiesceEvent where !self.leavesQuiescingToNext:
            self.close(.goingAway, reason: "Going away")
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: StateMachine.FrameAction, context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .deliver(let message): context.fireChannelRead(self.wrapInboundOut(message))
        case .sendPong(let payload):
            // A peer that sends pings faster than it reads pongs gets fewer (section 5.5.3 asks for the latest only).
            if context.channel.isWritable {
                self.write(.pong, payload, context: context)
                context.flush()
            }
        case .sendClose(let code, let reason, let thenClose):
            var written: EventLoopPromise<Void>?
            if thenClose {
                // To close a channel drops what waits to be sent, and this waits behind all of it.
                let channel = context.channel
                written = context.eventLoop.makePromise()
                written?.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
            self.startClosing(code, reason: reason, written: written, context: context)
        case .closeChannel: context.close(promise: nil)
        }
    }

    // MARK: Outbound

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .message(let message):
            guard self.machine.sendMessage(now: context.eventLoop.now) else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            let frame = self.frame(message.kind == .text ? .text : .binary, message.bytes, context: context)
            context.write(self.wrapOutboundOut(frame), promise: promise)
            self.enforceOutboundLimit(context: context)
        case .close(let code, let reason):
            self.close(code, reason: reason)
            promise?.succeed()
        }
    }

    /// Writes a frame that is bytes already. Nothing is sent before ``flush()``. On the event loop.
    package func writeEncoded(_ frame: ByteBuffer, now: NIODeadline) {
        guard let context, self.machine.sendMessage(now: now) else { return }
        context.write(self.wrapOutboundOut(frame), promise: nil)
        self.enforceOutboundLimit(context: context)
    }

    package func flush() {
        self.context?.flush()
    }

    /// Starts the close handshake, unless it has begun. On the event loop.
    package func close(_ code: WebSocketCloseCode, reason: String) {
        guard let context, self.machine.close(now: context.eventLoop.now) else { return }
        self.startClosing(code, reason: reason, context: context)
    }

    private func enforceOutboundLimit(context: ChannelHandlerContext) {
        // Only a channel that cannot keep up is asked how far behind it is.
        guard !context.channel.isWritable, self.isBehind(context) else { return }
        // What the peer has not been offered yet is no fault of its own.
        context.flush()
        if self.isBehind(context) { self.close(.slowConsumer, reason: "too slow to read") }
    }

    private func isBehind(_ context: ChannelHandlerContext) -> Bool {
        guard let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes) else { return false }
        return waiting > self.configuration.maximumOutboundBytes
    }

    /// The machine has just begun to close.
    private func startClosing(
        _ code: WebSocketCloseCode?, reason: String, written: EventLoopPromise<Void>? = nil, context: ChannelHandlerContext
    ) {
        var payload = context.channel.allocator.buffer(capacity: 125)
        if let code, code.mayBeSent {
            payload.writeInteger(code.rawValue)
            payload.writeString(Self.fitting(reason))
        }
        self.write(.connectionClose, payload, promise: written, context: context)
        context.flush()
        self.scheduleTimer(context: context)
        // The answer is to be read whoever had paused reading, and whether or not somebody above still wants messages.
        self.isReadingPaused = false
        context.read()
    }

    /// As much of a reason as a control frame holds beside the code: 125 bytes in all (section 5.5).
    private static func fitting(_ reason: String) -> String {
        guard reason.utf8.count > 123 else { return reason }
        var scalars = reason.unicodeScalars.prefix(123)
        while Substring(scalars).utf8.count > 123 { scalars.removeLast() }
        return String(scalars)
    }

    private func write(
        _ opcode: WebSocketOpcode, _ payload: ByteBuffer, promise: EventLoopPromise<Void>? = nil, context: ChannelHandlerContext
    ) {
        context.write(self.wrapOutboundOut(self.frame(opcode, payload, context: context)), promise: promise)
    }

    private func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, context: ChannelHandlerContext) -> ByteBuffer {
        let allocator = context.channel.allocator
        return switch self.role {
        case .server: WebSocketFrameEncoding.serverFrame(opcode, payload: payload.readableBytesView, allocator: allocator)
        case .client: WebSocketFrameEncoding.clientFrame(opcode, payload: payload, allocator: allocator)
        }
    }

    // MARK: Back-pressure

    /// Stops reading from the peer, so that one that asks faster than it can be answered waits in its own socket.
    package func pauseReading() {
        if self.machine.isOpen { self.isReadingPaused = true }
    }

    package func resumeReading() {
        guard self.isReadingPaused else { return }
        self.isReadingPaused = false
        if self.hasHeldBackRead {
            self.hasHeldBackRead = false
            self.isListening = true
            self.context?.read()
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.isListening = false
        context.fireChannelReadComplete()
        if !self.machine.isOpen { context.read() }
    }

    package func read(context: ChannelHandlerContext) {
        if self.isReadingPaused {
            self.hasHeldBackRead = true
        } else {
            self.isListening = true
            context.read()
        }
    }

    // MARK: Time

    private func scheduleTimer(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
        guard let deadline = self.machine.deadline else { return }
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        guard let context = self.context else { return }
        switch self.machine.timerFired(now: context.eventLoop.now, isListening: self.isListening) {
        case .wait: break
        case .sendPing:
            self.write(.ping, ByteBuffer(), context: context)
            context.flush()
        case .sendClose(let code, let reason): self.startClosing(code, reason: reason, context: context)
        case .closeChannel: context.close(promise: nil)
        }
        self.scheduleTimer(context: context)
    }

    private func end() {
        self.timer?.cancel()
        self.timer = nil
        self.closed.succeed(self.machine.closure)
    }
}
