package import ChatProtocol
package import NIOCore

/// Drives one connection after the handshake: bytes in, whole messages up; messages down, bytes out.
///
/// Who uses it is a ``WebSocketDelegate``, or, without one, the handlers above, which read and write ``WebSocketMessage``. A connection
/// that nothing happens on holds this object and its channel, and no buffer.
package final class WebSocketHandler: LoopConnection, ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = WebSocketMessage
    package typealias OutboundIn = WebSocketMessage
    package typealias OutboundOut = ByteBuffer

    let settings: WebSocketSettings
    let loop: WebSocketLoop
    var machine: StateMachine
    var context: ChannelHandlerContext?
    package var delegate: (any WebSocketDelegate)?
    private var closed: EventLoopPromise<WebSocketClosure>?
    private var hasEnded = false
    private var begun: Boxed<WebSocketClosure>?
    private var isReadingPaused = false
    private var hasHeldBackRead = false
    private var isReading = false
    private var messagesInTurn: Int32 = 0
    /// What came while something was being read.
    private var readBehind: Boxed<ByteBuffer>?
    /// Whether the channel was asked to read since it last brought something: only then does silence say anything of the peer.
    private var isListening = true
    var output: Output

    /// - Parameters:
    ///   - compression: what was negotiated.
    ///   - isAlone: whether the socket may be written to behind the channel's back: no handler before this one changes what is sent.
    init(settings: WebSocketSettings, loop: WebSocketLoop, compression: PerMessageDeflateParameters? = nil, isAlone: Bool = false) {
        self.settings = settings
        self.loop = loop
        let compressing = compression.map { Compressing($0, settings: settings, loop: loop) }
        self.machine = StateMachine(settings: settings, inflating: compressing?.inflating, now: loop.eventLoop.now)
        self.output = Output(isAlone: isAlone, deflating: compressing?.deflating)
        super.init()
    }

    /// Adds this handler to a channel whose HTTP handlers are gone, or going. On its event loop.
    ///
    /// - Parameter isAlone: whether no other handler touches the bytes, so that they may bypass the channel.
    package static func addToPipeline(
        of channel: any Channel, settings: WebSocketSettings, loop: WebSocketLoop, compression: PerMessageDeflateParameters? = nil,
        isAlone: Bool = false
    ) throws -> WebSocketHandler {
        let handler = WebSocketHandler(settings: settings, loop: loop, compression: compression, isAlone: isAlone)
        try channel.pipeline.syncOperations.addHandler(handler)
        return handler
    }

    /// How the connection ended, once it has. On the event loop.
    package var closeFuture: EventLoopFuture<WebSocketClosure> {
        if self.hasEnded { return self.loop.eventLoop.makeSucceededFuture(self.machine.closure) }
        if let closed { return closed.futureResult }
        let closed = self.loop.eventLoop.makePromise(of: WebSocketClosure.self)
        self.closed = closed
        return closed.futureResult
    }

    /// Whether messages may still be sent. On the event loop.
    package var isOpen: Bool { self.context != nil && self.machine.isOpen }

    /// What this end's close frame said, if this end was the first to close; nil otherwise. On the event loop.
    package var ownClosure: WebSocketClosure? { self.begun?.value }

    // MARK: Inbound

    private static let maximumPongsPerRead = 16

    /// Messages that a client may have read in one turn of the loop; past it the connection is cut. A server's reads bring fewer, 64 KiB
    /// each. But when a client ends its stream, SwiftNIO reads all that lies in the socket, up to megabytes of the smallest frames, whether
    /// anybody wants them or not. A client takes from its server what comes.
    private static let maximumMessagesPerTurn = 32_768
    /// From here on it is seen to that the count begins anew with the next turn.
    private static let countedMessages = 1024

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.scheduleTimer()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        _ = self.machine.receiveEnd()
        self.end()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = self.unwrapInboundIn(data)
        if self.isReading {
            // Brought by a write, as by a socket that turns out to be broken: it comes behind what is being read, if the channel lives on.
            if self.readBehind == nil { self.readBehind = Boxed(input) } else { self.readBehind?.value.writeBuffer(&input) }
            return
        }
        self.isReading = true
        self.read(&input, context: context)
        while var more = self.readBehind?.value {
            self.readBehind = nil
            self.read(&more, context: context)
        }
        self.isReading = false
    }

    private func read(_ input: inout ByteBuffer, context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        self.machine.countWhileClosing(input.readableBytes)
        var pings = 0
        var lastPing: ByteBuffer?
        while let action = self.machine.next(&input, now: now) {
            guard self.mayGoOn(context: context) else { return self.closeChannel(context) }
            guard case .sendPong(let payload) = action else {
                self.perform(action, context: context)
                continue
            }
            // Only the latest has to be answered (section 5.5.3), but who sends a few may count on each.
            pings += 1
            if pings <= Self.maximumPongsPerRead { self.pong(payload) } else { lastPing = payload }
        }
        if let lastPing { self.pong(lastPing) }
        if self.machine.hasReadEnough, self.context != nil, self.channelBytes(context) == 0 {
            self.machine.linger(now: now)
            self.scheduleTimer()
        }
        if self.machine.partial != nil, let deadline = self.machine.deadline {
            // A message that was begun has less time than a silent peer.
            if self.loop.scheduledDeadline(of: self).map({ deadline < $0 }) ?? true { self.scheduleTimer() }
        }
    }

    /// Counts what a client brings: messages, and what else there is to do something about.
    private func mayGoOn(context: ChannelHandlerContext) -> Bool {
        guard self.settings.role == .server else { return true }
        self.messagesInTurn += 1
        if self.messagesInTurn == Self.countedMessages {
            context.eventLoop.assumeIsolated().execute { self.messagesInTurn = 0 }
        }
        return self.messagesInTurn <= Self.maximumMessagesPerTurn
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The transport is broken: there is nobody to say it to.
        self.closeChannel(context)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed as ChannelEvent:
            if let action = self.machine.receiveEnd() { self.perform(action, context: context) }
        case is ChannelShouldQuiesceEvent: self.quiesce()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: StateMachine.FrameAction, context: ChannelHandlerContext) {
        switch action {
        case .deliver(let message):
            if let delegate { delegate.webSocketReceived(message) } else { context.fireChannelRead(self.wrapInboundOut(message)) }
        case .sendPong(let payload): self.pong(payload)
        case .sendClose(let code, let reason, let thenClose):
            self.startClosing(code, reason: reason, thenClose: thenClose, context: context)
        case .closeChannel: self.closeChannel(context)
        }
    }

    // MARK: Closing

    /// Starts the close handshake, unless it has begun: behind everything that was sent before. On the event loop.
    package func close(_ code: WebSocketCloseCode, reason: String) {
        guard let context, self.machine.isOpen else { return }
        self.flushNow()
        guard self.machine.close(now: context.eventLoop.now) else { return }
        self.startClosing(code, reason: reason, thenClose: false, context: context)
    }

    /// The machine has just begun to close.
    private func startClosing(_ code: WebSocketCloseCode?, reason: String, thenClose: Bool, context: ChannelHandlerContext) {
        self.flushNow()
        var payload = ByteBufferAllocator().buffer(capacity: 125)
        if let code, !thenClose { self.begun = Boxed(WebSocketClosure(code: code, reason: reason)) }
        if let code, code.mayBeSent {
            payload.writeInteger(code.rawValue)
            payload.writeString(Self.fitting(reason))
        }
        var written: EventLoopPromise<Void>?
        if thenClose {
            // To close a channel drops what waits to be sent, and this waits behind all of it.
            written = context.eventLoop.makePromise()
            written?.futureResult.assumeIsolated().whenComplete { _ in self.closeChannel(context) }
        }
        self.output.hasClosed = true
        self.transmit(self.frame(.connectionClose, payload), promise: written)
        self.stopDirectWrites()
        self.scheduleTimer()
        // The answer is to be read whoever had paused reading, and whether or not somebody above still wants messages.
        self.isReadingPaused = false
        context.read()
    }

    func closeChannel(_ context: ChannelHandlerContext) {
        self.stopDirectWrites()
        context.close(promise: nil)
    }

    /// As much of a reason as a control frame holds beside the code: 125 bytes in all (section 5.5).
    private static func fitting(_ reason: String) -> String {
        guard reason.utf8.count > 123 else { return reason }
        var scalars = reason.unicodeScalars.prefix(123)
        while Substring(scalars).utf8.count > 123 { scalars.removeLast() }
        return String(scalars)
    }

    private func end() {
        self.leaveAllGroups()
        self.loop.unschedule(self)
        self.leaveAcceptor()
        self.context = nil
        self.hasEnded = true
        (self.output.outbox, self.output.held) = (nil, nil)
        self.closed?.succeed(self.machine.closure)
        self.closed = nil
        guard let delegate else { return }
        self.delegate = nil
        delegate.webSocketClosed()
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

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.writabilityChanged(context: context)
        if self.context != nil { self.scheduleTimer() }
        context.fireChannelWritabilityChanged()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.isListening = false
        if let delegate { delegate.webSocketReadComplete() } else { context.fireChannelReadComplete() }
        if !self.machine.isOpen, !self.machine.hasReadEnough { context.read() }
    }

    package func read(context: ChannelHandlerContext) {
        if self.machine.hasReadEnough { return }
        if self.isReadingPaused {
            self.hasHeldBackRead = true
        } else {
            self.isListening = true
            context.read()
        }
    }

    // MARK: Time and the end

    private func scheduleTimer() {
        // What has ended meanwhile waits for nothing.
        guard self.context != nil else { return }
        let (machine, stall) = (self.machine.deadline, self.machine.isOpen ? self.output.stall?.value.deadline : nil)
        guard let machine, let stall else { return self.loop.schedule(self, at: machine ?? stall) }
        self.loop.schedule(self, at: min(machine, stall))
    }

    override func timerFired(now: NIODeadline) {
        guard let context = self.context else { return }
        self.machine.lastMessage = max(self.machine.lastMessage, self.lastPublished)
        switch self.machine.timerFired(now: now, isListening: self.isListening) {
        case .wait: self.checkStall(now: now, context: context)
        case .sendPing: self.transmit(self.frame(.ping, ByteBuffer()))
        case .sendClose(let code, let reason): self.startClosing(code, reason: reason, thenClose: false, context: context)
        case .closeChannel: self.closeChannel(context)
        }
        if self.context != nil { self.scheduleTimer() }
    }

    override func quiesce() {
        if self.delegate?.webSocketShouldQuiesce() != true { self.close(.goingAway, reason: "Going away") }
    }

    override func cut() {
        if let context { self.closeChannel(context) }
    }
}
