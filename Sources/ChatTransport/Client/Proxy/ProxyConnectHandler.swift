import NIOCore

/// Asks a proxy for a tunnel to a server, then makes way for what goes through it. The first handler of a client's pipeline.
final class ProxyConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let deadline: NIODeadline
    private let connected: EventLoopPromise<Void>
    private var machine = StateMachine()
    private var isConnected = false
    private var timeout: Scheduled<Void>?

    init(request: ByteBuffer, deadline: NIODeadline, connected: EventLoopPromise<Void>) {
        self.request = request
        self.deadline = deadline
        self.connected = connected
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // From here on, so that a deadline that has passed ends the attempt before it begins.
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) {
            self.fail(WebSocketProxyError(.timeout), context: context)
        }
        if context.channel.isActive { self.start(context: context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that never became active ends without becoming inactive.
        self.fail(WebSocketProxyError(.closed), context: context)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.start(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(WebSocketProxyError(.closed), context: context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(WebSocketProxyError(.closed), context: context)
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.fail(WebSocketProxyError(.closed), context: context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Read while the bytes before were being forwarded.
        if self.isConnected { return context.fireChannelRead(data) }
        switch self.machine.receive(self.unwrapInboundIn(data)) {
        case .none: break
        case .fail(let error): self.finish(.failure(error), context: context)
        case .connect(let early):
            self.isConnected = true
            self.finish(.success(()), context: context)
            if early.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(early)) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    private func start(context: ChannelHandlerContext) {
        if self.machine.start() { context.writeAndFlush(self.wrapOutboundOut(self.request), promise: nil) }
    }

    private func fail(_ error: WebSocketProxyError, context: ChannelHandlerContext) {
        if self.machine.end() { self.finish(.failure(error), context: context) }
    }

    private func finish(_ result: Result<Void, WebSocketProxyError>, context: ChannelHandlerContext) {
        self.timeout?.cancel()
        self.timeout = nil
        self.connected.completeWith(result.mapError { $0 as any Error })
        if case .failure = result { context.close(promise: nil) }
    }
}
