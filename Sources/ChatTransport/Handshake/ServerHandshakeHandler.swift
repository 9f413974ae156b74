import ChatProtocol
import HTTPTypes
import NIOCore

/// Carries out the opening handshake of one connection, then makes way for the WebSocket's handler.
///
/// A handshake that takes too long ends the connection, so that peers which connect and say nothing cost little and not for long.
final class ServerHandshakeHandler: LoopConnection, ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: WebSocketAcceptor
    private let loop: WebSocketLoop
    private let isAlone: Bool
    let deadline: NIODeadline
    /// Where the connection comes from, as the PROXY protocol has told.
    let source: ProxySource
    private var machine: StateMachine
    private var context: ChannelHandlerContext?

    init(acceptor: WebSocketAcceptor, loop: WebSocketLoop, isAlone: Bool, deadline: NIODeadline, source: ProxySource) {
        self.server = acceptor
        self.loop = loop
        self.isAlone = isAlone
        self.deadline = deadline
        self.source = source
        self.machine = StateMachine(limits: acceptor.headLimits, maximumEarlyBytes: acceptor.settings.maximumFrameBytes)
        super.init()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.schedule(self, at: self.deadline)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.end() }

    func channelInactive(context: ChannelHandlerContext) {
        _ = self.machine.end()
        self.end()
        context.fireChannelInactive()
    }

    private func end() {
        self.context = nil
        self.loop.unschedule(self)
        self.leaveAcceptor()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.perform(self.machine.receive(self.unwrapInboundIn(data)), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed as ChannelEvent: self.cut()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    override func timerFired(now: NIODeadline) { self.cut() }

    override func quiesce() { self.cut() }

    override func cut() {
        if self.machine.end() { self.context?.close(promise: nil) }
    }

    // MARK: Deciding

    private func perform(_ action: StateMachine.Action, context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .closeChannel: context.close(promise: nil)
        case .reject(let status, let fields): self.reject(status, fields: fields, body: "", context: context)
        case .decide(let request): self.decide(request, context: context)
        }
    }

    private func decide(_ request: HandshakeRequest, context: ChannelHandlerContext) {
        let opening = request.opening
        let peer = (self.source.address ?? context.channel.remoteAddress)?.ipAddress
        let address = self.server.configuration.trustedProxies.clientAddress(peer: peer, forwardedFor: opening.forwardedFor)
        if let address, self.server.configuration.maximumConnectionsPerAddress != nil, let key = AddressKey(address),
            self.acceptor?.attribute(self, to: key) == false
        {
            return self.answer(.reject(status: .tooManyRequests, headers: [:], body: ""), for: request)
        }
        guard self.server.configuration.origins.allows(origin: opening.origin, host: request.host) else {
            return self.answer(.reject(status: .forbidden, headers: [:], body: ""), for: request)
        }
        let upgrade = WebSocketUpgradeRequest(request, remoteAddress: address)
        switch self.server.decide {
        case .immediate(let decide): self.answer(decide(upgrade), for: request)
        case .task(let decide):
            context.eventLoop.makeFutureWithTask { await decide(upgrade) }
                .assumeIsolated()
                .whenSuccess { self.answer($0, for: request) }
        }
    }

    private func answer(_ answer: WebSocketUpgradeAnswer, for request: HandshakeRequest) {
        switch answer {
        case .reject(let status, let headers, let body):
            guard self.machine.decided(accepts: false) != nil, let context else { return }
            self.reject(status, fields: headers, body: body, context: context)
        case .accept(let subprotocol, let headers, let install):
            guard let early = self.machine.decided(accepts: true), let context else { return }
            do {
                try self.accept(request, subprotocol: subprotocol, headers: headers, early: early, install: install, context: context)
            } catch {
                context.close(promise: nil)
            }
        }
    }

    private func accept(
        _ request: HandshakeRequest, subprotocol: String?, headers: HTTPFields, early: ByteBuffer,
        install: (any Channel, WebSocketHandler) throws -> Void, context: ChannelHandlerContext
    ) throws {
        var fields = headers
        if let subprotocol { fields[.secWebSocketProtocol] = subprotocol }
        let settings = self.server.settings
        let compression = settings.compression.flatMap {
            PerMessageDeflateParameters.negotiate(offers: request.opening.extensions, allowed: $0)
        }
        if let compression { fields[.secWebSocketExtensions] = compression.response }
        let key = request.opening.key ?? ""
        context.writeAndFlush(self.wrapOutboundOut(HandshakeResponse.accept(key: key, fields: fields)), promise: nil)

        let channel = context.channel
        let handler = try WebSocketHandler.addToPipeline(
            of: channel, settings: settings, loop: self.loop, compression: compression?.parameters, isAlone: self.isAlone)
        self.acceptor?.replace(self, by: handler)
        try install(channel, handler)
        if early.readableBytes > 0 {
            context.fireChannelRead(NIOAny(early))
            context.fireChannelReadComplete()
        }
        channel.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    // MARK: Refusing

    /// How long a client that was refused has to read why.
    private static let lingerTime = TimeAmount.seconds(1)

    private func reject(_ status: HTTPResponse.Status, fields: HTTPFields, body: String, context: ChannelHandlerContext) {
        // What comes meanwhile is read and thrown away: to close a socket that has unread input resets it, and the answer is lost.
        self.loop.schedule(self, at: min(self.deadline, context.eventLoop.now + Self.lingerTime))
        context.writeAndFlush(self.wrapOutboundOut(HandshakeResponse.reject(status, fields: fields, body: body)))
            .assumeIsolated()
            .whenComplete { _ in context.close(mode: .output, promise: nil) }
    }
}
