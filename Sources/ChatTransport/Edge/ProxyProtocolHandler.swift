package import NIOCore

/// Waits for the PROXY protocol's header, hands on where the connection comes from, and makes way. The first handler of a pipeline,
/// before TLS.
///
/// The header is mandatory, for a server that accepts connections with and without one lets everybody forge their address. Only
/// proxies may be able to connect to such a server. A connection without a header is closed, also if the header takes too long.
package final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    private enum State {
        case waiting((SocketAddress?) -> Void)
        case passed
        case ended
    }

    private let deadline: NIODeadline
    private var state: State
    private var parser = ProxyProtocolParser()
    private var timeout: Scheduled<Void>?

    /// - Parameters:
    ///   - deadline: when the connection is closed for want of a header. The protocol asks for 3 s at least, for a lost packet.
    ///   - receivedSource: is called once, on the event loop, before any byte is forwarded. Nil means that the connection's own
    ///     address holds, as for a proxy's health check. It may close the channel.
    package init(deadline: NIODeadline, receivedSource: @escaping (SocketAddress?) -> Void) {
        self.deadline = deadline
        self.state = .waiting(receivedSource)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) {
            self.refuse(.timeout, context: context)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.finish(.ended)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.finish(.ended)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.refuse(.invalidHeader, context: context) }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .waiting(let receivedSource):
            switch self.parser.receive(self.unwrapInboundIn(data)) {
            case .needMore: break
            case .invalid: self.refuse(.invalidHeader, context: context)
            case .done(let source, let rest):
                self.finish(.passed)
                receivedSource(source)
                if rest.readableBytes > 0, context.channel.isActive { context.fireChannelRead(self.wrapInboundOut(rest)) }
                context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            }
        // Read while the bytes before were being forwarded.
        case .passed: context.fireChannelRead(data)
        // What still comes on a connection that was refused.
        case .ended: break
        }
    }

    private func refuse(_ error: ProxyProtocolError, context: ChannelHandlerContext) {
        guard case .waiting = self.state else { return }
        self.finish(.ended)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func finish(_ state: State) {
        self.state = state
        self.timeout?.cancel()
        self.timeout = nil
    }
}

/// Why a connection was closed before anything of it was looked at.
package enum ProxyProtocolError: Error, Hashable {
    /// It does not start with a header, or ended within it.
    case invalidHeader
    case timeout
}
