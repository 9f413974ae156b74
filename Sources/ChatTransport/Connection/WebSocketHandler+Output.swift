import ChatProtocol
package import NIOCore

/// How bytes leave: straight to the socket where that is allowed and the channel has nothing of this connection waiting, else through
/// the channel. Whichever it is, they leave in the order in which they were written.
///
/// Three things can be in the way of a direct write. The channel *owes*: it has taken bytes that the socket did not take, and until
/// they are out everything goes behind them. The connection is *pending*: it has output of its own in this tick, which goes before or
/// behind what its rooms are sent. It is *closing*: nothing follows the close frame.
extension WebSocketHandler {
    struct Output {
        /// The socket; -1 if every write goes through the channel, -2 if the channel was not asked for it yet.
        var descriptor: CInt
        /// The channel has bytes that may not have left yet.
        var channelOwes = true
        var isAwaitingDrain = false
        /// The loop calls ``WebSocketHandler/flushPending()`` at the end of its tick.
        var isPending = false
        var hasUnflushedWrites = false
        /// What was written in this tick, if it goes straight to the socket.
        var outbox: ByteBuffer?
        /// What goes to the channel before anything else, and was not written to it yet: a group has left it here.
        var held: ByteBuffer?
        var memberships = Memberships()
        /// Whoever uses the connection sends less until what waits has left.
        var isBehind = false
        /// Bytes of what was sent last: the peer has had no time for it yet, so it does not count for how far behind the peer is.
        var newestBytes: UInt32 = 0
        /// How the peer gets on with what waits, while the channel takes no more; nil while it does.
        var stall: Boxed<SendStall>?
        /// The close frame was written, which nothing follows.
        var hasClosed = false
        /// A message was not taken, since the connection is closing.
        var hasRefused = false
        let deflating: MessageDeflating?

        init(isAlone: Bool, deflating: MessageDeflating?) {
            self.descriptor = isAlone ? -2 : -1
            self.deflating = deflating
        }
    }

    enum OutputKind {
        case plain
        case sharedCompression(SharedCompression)
        case ownCompression
    }

    var outputKind: OutputKind {
        guard let deflating = self.output.deflating else { return .plain }
        return deflating.takesOverContext ? .ownCompression : .sharedCompression(deflating.sharing)
    }

    // MARK: Messages

    /// Sends a frame at the end of the tick, behind everything that was sent before it, rooms' messages included. On the event loop.
    package func post(_ message: EncodedMessage, now: NIODeadline) {
        guard self.machine.isOpen else { return }
        // Too much for a slow peer may be what ends the connection.
        self.takeAhead()
        guard self.machine.sendMessage(now: now) else { return }
        let frame: ByteBuffer
        switch self.outputKind {
        case .plain: frame = message.frame
        case .sharedCompression(let sharing):
            frame = message.frame(compressedBy: sharing.key, threshold: sharing.threshold, deflaters: self.loop.deflaters)
        case .ownCompression:
            frame = self.output.deflating?.frame(message.opcode, payload: message.payload, isClient: false) ?? message.frame
        }
        self.append(frame)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let message = self.unwrapOutboundIn(data)
        // The channel says when this has left, so from now on it has everything.
        self.flushNow()
        self.stopDirectWrites()
        guard self.machine.sendMessage(now: context.eventLoop.now) else {
            self.output.hasRefused = true
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let opcode: WebSocketOpcode = message.kind == .text ? .text : .binary
        let compressed = self.output.deflating?.frame(opcode, payload: message.bytes, isClient: self.settings.role == .client)
        let frame = compressed ?? self.frame(opcode, message.bytes)
        self.noteNewest(frame)
        self.writeBytes(frame, promise: promise, context: context)
        self.enforceOutboundLimit(context: context)
    }

    /// Answers a ping when the tick ends. A peer that does not read its pongs gets fewer.
    func pong(_ payload: ByteBuffer) {
        guard self.machine.isOpen, let context, context.channel.isWritable else { return }
        self.takeAhead()
        self.append(self.frame(.pong, payload))
    }

    func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        let allocator = ByteBufferAllocator()
        return switch self.settings.role {
        case .server: WebSocketFrameEncoding.serverFrame(opcode, payload: payload.readableBytesView, allocator: allocator)
        case .client: WebSocketFrameEncoding.clientFrame(opcode, payload: payload, allocator: allocator)
        }
    }

    // MARK: Bytes

    var mayWriteDirectly: Bool { self.output.descriptor >= 0 && !self.output.channelOwes && self.output.held == nil }

    /// Asks the channel for its socket when that is first of use: it is the dearest call of a connection that is only opened.
    private func findDescriptor() {
        guard self.output.descriptor == -2, let context else { return }
        let operations = context.pipeline.syncOperations
        self.output.descriptor = (try? operations.withUnsafeTransportIfAvailable { (socket: CInt) in socket }) ?? -1
        // What was written before, the answer to the handshake at least, goes first.
        self.checkDrained()
    }

    /// Sends bytes now, behind those that were sent, but ahead of what waits for the end of the tick.
    func transmit(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.findDescriptor()
        var rest = bytes
        if self.mayWriteDirectly {
            let descriptor = self.output.descriptor
            rest.moveReaderIndex(forwardBy: rest.withUnsafeReadableBytes { SystemSocket.send($0, to: descriptor) })
            guard rest.readableBytes > 0 else {
                promise?.succeed()
                return
            }
        }
        self.writeToChannel(rest, promise: promise, context: context)
        self.flushChannel()
    }

    private func writeToChannel(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil, context: ChannelHandlerContext) {
        self.output.channelOwes = true
        self.output.hasUnflushedWrites = true
        self.updateEntries()
        if let held = self.output.held {
            self.output.held = nil
            self.writeBytes(held, context: context)
        }
        self.writeBytes(bytes, promise: promise, context: context)
    }

    private func writeBytes(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil, context: ChannelHandlerContext) {
        self.output.stall?.value.written += bytes.readableBytes
        context.write(self.wrapOutboundOut(bytes), promise: promise)
    }

    private func flushChannel() {
        self.output.hasUnflushedWrites = false
        self.context?.flush()
        self.checkDrained()
    }

    /// Finds out whether the channel still owes, and if it does, waits until it does not.
    func checkDrained() {
        guard self.output.channelOwes, self.output.descriptor >= 0, !self.output.isAwaitingDrain, let context else { return }
        if self.channelBytes(context) == 0 {
            self.output.channelOwes = false
            return self.updateEntries()
        }
        self.output.isAwaitingDrain = true
        let drained = context.eventLoop.makePromise(of: Void.self)
        drained.futureResult.assumeIsolated().whenComplete { result in
            self.output.isAwaitingDrain = false
            if case .success = result { self.checkDrained() }
        }
        // Done when everything before it is.
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: drained)
    }

    func channelBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? .max
    }

    func stopDirectWrites() {
        self.output.descriptor = -1
        self.updateEntries()
    }

    // MARK: The end of the tick

    func becomePending() {
        guard !self.output.isPending else { return }
        self.output.isPending = true
        self.updateEntries()
        self.loop.needsFlush(self)
    }

    func putIntoOutbox(_ bytes: ByteBuffer) {
        if self.output.outbox == nil { self.output.outbox = self.loop.takeOutbox() }
        self.output.outbox?.writeImmutableBuffer(bytes)
    }

    /// More than this does not wait for the end of a tick.
    private static let maximumOutboxBytes = 256 * 1024

    /// - Parameter isPartOfMore: whether the storage is somebody's who goes on using it.
    func append(_ bytes: ByteBuffer, isPartOfMore: Bool = false) {
        guard let context, !self.output.hasClosed else { return }
        self.findDescriptor()
        self.becomePending()
        self.noteNewest(bytes)
        // Behind what is there already, also if the channel has come to owe something since.
        if self.output.outbox != nil || self.mayWriteDirectly {
            self.putIntoOutbox(bytes)
            if let outbox = self.output.outbox, outbox.readableBytes > Self.maximumOutboxBytes { self.flushPending() }
        } else {
            self.writeToChannel(isPartOfMore ? ByteBuffer(bytes: bytes.readableBytesView) : bytes, context: context)
            self.enforceOutboundLimit(context: context)
        }
    }

    /// The loop's tick ends.
    func flushPending() {
        guard self.output.isPending else { return }
        self.output.isPending = false
        self.findDescriptor()
        if let held = self.output.held, self.output.descriptor >= 0, !self.output.channelOwes {
            // What the first room sends a connection, whose socket was not known yet.
            self.output.held = nil
            self.transmit(held)
        }
        if var outbox = self.output.outbox {
            self.output.outbox = nil
            self.transmit(outbox)
            self.loop.giveBack(&outbox)
        }
        if let held = self.output.held, let context {
            self.output.held = nil
            self.writeToChannel(held, context: context)
        }
        if self.output.hasUnflushedWrites { self.flushChannel() }
        if let context { self.enforceOutboundLimit(context: context) }
        self.updateEntries()
    }

    /// Sends what the tick has brought so far, and what rooms have for this connection.
    func flushNow() {
        self.takeAhead()
        self.flushPending()
    }

    private func enforceOutboundLimit(context: ChannelHandlerContext) {
        // Only a channel that cannot keep up is asked how far behind it is.
        let limit = self.settings.maximumOutboundBytes
        guard self.machine.isOpen, !context.channel.isWritable, self.isBehind(by: limit, context) else { return }
        // What the peer has not been offered yet is no fault of its own.
        self.flushChannel()
        guard self.machine.isOpen, self.isBehind(by: limit, context) else { return }
        if self.output.isBehind {
            if self.isBehind(by: 2 * limit, context) { self.closeSlowConsumer() }
            return
        }
        // Set before, since to leave a room writes what the room has pending, and comes back here.
        self.output.isBehind = true
        if self.delegate?.webSocketFellBehind() == true { return }
        self.output.isBehind = false
        if self.machine.isOpen { self.closeSlowConsumer() }
    }

    /// Whether so much waits ahead of what was sent last. A message may be longer than the limit: it is not the peer that is slow then.
    private func isBehind(by limit: Int, _ context: ChannelHandlerContext) -> Bool {
        self.channelBytes(context) - Int(self.output.newestBytes) >= limit
    }

    func noteNewest(_ bytes: ByteBuffer) { self.output.newestBytes = UInt32(clamping: bytes.readableBytes) }

    /// The channel takes more again, or no more.
    func writabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            self.output.stall = nil
        } else if self.output.stall == nil, let timeout = self.settings.sendTimeout {
            let waiting = self.channelBytes(context)
            self.output.stall = Boxed(SendStall(timeout: timeout, waiting: waiting, now: context.eventLoop.now))
        }
        guard self.output.isBehind, context.channel.isWritable else { return }
        // Not inside of the write that this is told in.
        context.eventLoop.assumeIsolated().execute {
            guard self.output.isBehind, self.machine.isOpen, self.context?.channel.isWritable == true else { return }
            self.output.isBehind = false
            self.delegate?.webSocketCaughtUp()
        }
    }

    /// Closes the connection if the peer takes next to nothing of what waits for it.
    func checkStall(now: NIODeadline, context: ChannelHandlerContext) {
        guard self.machine.isOpen, self.output.stall?.value.isOver(now: now, waiting: self.channelBytes(context)) == true else { return }
        self.closeSlowConsumer()
    }

    private func closeSlowConsumer() {
        self.output.isPending = false
        self.close(.slowConsumer, reason: "too slow to read")
    }
}
