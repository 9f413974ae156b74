import ChatProtocol
package import NIOCore

/// How bytes leave: straight to the socket where that is allowed and the channel has nothing of this connection waiting, else through
/// the channel. Whichever it is, they leave in the order in which they were written.
///
/// Three things can be in the way of a direct write. The channel *owes*: it has taken bytes that the socket did not take, and until
/// they are out everything goes behind them. The connection is *pending*: it has output of its own in this tick, which goes before or
/// behind what its rooms are sent. It is *closing*: nothing follows the close frame.
extension WebSocketHandler {
    /// A group of a room, and where this connection stands in it.
    struct Membership {
        let group: FanOutGroup
        var place: Int
        /// How much of the group's pending bytes this connection has taken ahead of the others, to keep its order.
        var taken: Int
    }

    struct Output {
        /// The socket; -1 if every write goes through the channel.
        var descriptor: CInt
        /// The channel has bytes that may not have left yet.
        var channelOwes = true
        var isAwaitingDrain = false
        /// The loop calls ``WebSocketHandler/flushPending()`` at the end of its tick.
        var isPending = false
        var hasUnflushedWrites = false
        /// What was written in this tick, if it goes straight to the socket.
        var outbox: ByteBuffer?
        var memberships = Memberships()
        let deflating: MessageDeflating?

        init(descriptor: CInt, deflating: MessageDeflating?) {
            self.descriptor = descriptor
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
        guard self.machine.sendMessage(now: now) else { return }
        let frame: ByteBuffer
        switch self.outputKind {
        case .plain: frame = message.frame
        case .sharedCompression(let sharing):
            frame = message.frame(compressedBy: sharing.key, threshold: sharing.threshold, deflaters: self.loop.deflaters)
        case .ownCompression:
            frame = self.output.deflating?.frame(message.opcode, payload: message.payload, isClient: false) ?? message.frame
        }
        self.takeAhead()
        self.append(frame)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .message(let message):
            guard self.machine.sendMessage(now: context.eventLoop.now) else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            // The channel says when this has left, so from now on it has everything.
            self.flushNow()
            self.stopDirectWrites()
            let opcode: WebSocketOpcode = message.kind == .text ? .text : .binary
            let compressed = self.output.deflating?.frame(opcode, payload: message.bytes, isClient: self.settings.role == .client)
            context.write(self.wrapOutboundOut(compressed ?? self.frame(opcode, message.bytes)), promise: promise)
            self.enforceOutboundLimit(context: context)
        case .close(let code, let reason):
            self.close(code, reason: reason)
            promise?.succeed()
        }
    }

    func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        let allocator = ByteBufferAllocator()
        return switch self.settings.role {
        case .server: WebSocketFrameEncoding.serverFrame(opcode, payload: payload.readableBytesView, allocator: allocator)
        case .client: WebSocketFrameEncoding.clientFrame(opcode, payload: payload, allocator: allocator)
        }
    }

    // MARK: Bytes

    private var mayWriteDirectly: Bool { self.output.descriptor >= 0 && !self.output.channelOwes }

    /// Sends bytes now, behind those that were sent, but ahead of what waits for the end of the tick.
    func transmit(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
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

    private func channelBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? .max
    }

    func stopDirectWrites() {
        self.output.descriptor = -1
        self.updateEntries()
    }

    // MARK: The end of the tick

    private func append(_ bytes: ByteBuffer) {
        guard let context else { return }
        if !self.output.isPending {
            self.output.isPending = true
            self.updateEntries()
            self.loop.needsFlush(self)
        }
        if self.mayWriteDirectly {
            if self.output.outbox == nil { self.output.outbox = self.loop.takeOutbox() }
            self.output.outbox?.writeImmutableBuffer(bytes)
        } else {
            self.writeToChannel(bytes, context: context)
            self.enforceOutboundLimit(context: context)
        }
    }

    /// The loop's tick ends.
    func flushPending() {
        guard self.output.isPending else { return }
        self.output.isPending = false
        if var outbox = self.output.outbox {
            self.output.outbox = nil
            self.transmit(outbox)
            self.loop.giveBack(&outbox)
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
        guard self.machine.isOpen, !context.channel.isWritable, self.isBehind(context) else { return }
        // What the peer has not been offered yet is no fault of its own.
        self.flushChannel()
        if self.isBehind(context) { self.closeSlowConsumer(context) }
    }

    private func isBehind(_ context: ChannelHandlerContext) -> Bool {
        self.channelBytes(context) > self.settings.maximumOutboundBytes
    }

    private func closeSlowConsumer(_ context: ChannelHandlerContext) {
        self.output.isPending = false
        self.close(.slowConsumer, reason: "too slow to read")
    }

    // MARK: Rooms

    func isMember(of group: FanOutGroup) -> Bool { self.output.memberships.contains { $0.group === group } }

    var isInOneGroup: Bool { self.output.memberships.count == 1 }

    /// When a room of this connection's was last sent a message.
    var lastPublished: NIODeadline { self.output.memberships.reduce(.uptimeNanoseconds(0)) { max($0, $1.group.lastPublished) } }

    func joined(_ group: FanOutGroup, place: Int) {
        // What the group has pending was published before.
        self.output.memberships.append(Membership(group: group, place: place, taken: group.pending.readableBytes))
        self.updateEntries()
    }

    func leave(_ group: FanOutGroup) {
        self.takeAhead()
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return }
        let place = self.output.memberships.remove(at: index).place
        group.remove(at: place)
    }

    func leaveAllGroups() {
        let memberships = self.output.memberships
        self.output.memberships.removeAll()
        for membership in memberships { membership.group.remove(at: membership.place) }
    }

    func moved(in group: FanOutGroup, to place: Int) {
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return }
        self.output.memberships[index].place = place
    }

    /// How far the connection has got ahead in what the group sends now; it has not in what follows.
    func takeCursor(in group: FanOutGroup) -> Int {
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return 0 }
        defer { self.output.memberships[index].taken = 0 }
        return self.output.memberships[index].taken
    }

    /// What a group sends and this connection was not sent directly.
    func deliver(_ bytes: ByteBuffer) {
        guard self.machine.isOpen else { return }
        if bytes.readableBytes > 0 { self.append(bytes) } else { self.updateEntries() }
    }

    /// Takes what its groups have pending, so that something of its own can go behind that.
    private func takeAhead() {
        for index in self.output.memberships.indices {
            let membership = self.output.memberships[index]
            let pending = membership.group.pending
            guard pending.readableBytes > membership.taken else { continue }
            var bytes = pending
            bytes.moveReaderIndex(forwardBy: membership.taken)
            self.output.memberships[index].taken = pending.readableBytes
            self.append(bytes)
        }
    }

    private func updateEntries() {
        let isDirect = self.mayWriteDirectly && !self.output.isPending && self.machine.isOpen
        for membership in self.output.memberships {
            // Who has taken something ahead is to be sent the rest only.
            membership.group.setDescriptor(isDirect && membership.taken == 0 ? self.output.descriptor : -1, at: membership.place)
        }
    }
}
