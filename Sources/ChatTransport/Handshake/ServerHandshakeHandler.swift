import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Carries out the opening handshake of one connection, then makes way for the WebSocket handlers.
///
/// A handshake that takes too long ends the connection, so that peers which connect and say nothing cost little and not for long.
final class ServerHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Says whether a request is welcome, and who will use the connection.
    typealias Decide = @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer

    private let configuration: WebSocketServerConfiguration
    private let decide: Decide
    /// The HTTP handlers before this one, the decoder last: what it has left over goes to whoever then follows it.
    private let httpHandlers: [any RemovableChannelHandler]
    private var machine = StateMachine()
    private var timeout: Scheduled<Void>?

    private init(
        configuration: WebSocketServerConfiguration, httpHandlers: [any RemovableChannelHandler], decide: @escaping Decide
    ) {
        self.configuration = configuration
        self.httpHandlers = httpHandlers
        self.decide = decide
    }

    /// Sets a channel up to expect a handshake. On its event loop.
    static func addToPipeline(
        of channel: any Channel, configuration: WebSocketServerConfiguration, decide: @escaping Decide
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.maximumHeaderBytes
        limits.maxHeaderListSize = configuration.maximumHeaderBytes
        limits.maxHeaderFieldCount = configuration.maximumHeaderCount
        let encoder = HTTPResponseEncoder()
        // What comes after the request waits here for the decision; a client that pours out frames before it is let in gets no further.
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits),
            maximumBufferSize: configuration.maximumHeaderBytes + configuration.webSocket.maximumFrameBytes)
        let handshake = ServerHandshakeHandler(
            configuration: configuration, httpHandlers: [encoder, decoder], decide: decide)
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, handshake])
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.configuration.handshakeTimeout)) {
            if self.machine.end() { context.close(promise: nil) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timeout?.cancel()
        self.timeout = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = self.machine.end()
        self.timeout?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.perform(self.machine.receive(self.unwrapInboundIn(data)), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            self.perform(self.machine.receiveUnreadable(), context: context)
        } else {
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed as ChannelEvent:
            if self.machine.end() { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: StateMachine.Action, context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .reject(let status, let headers): self.reject(status, headers: headers, body: "", context: context)
        case .decide(let head):
            let request = WebSocketUpgradeRequest(head, remoteAddress: context.channel.remoteAddress?.ipAddress)
            let decide = self.decide
            context.eventLoop.makeFutureWithTask { await decide(request) }
                .assumeIsolated()
                .whenSuccess { answer in
                    guard self.machine.decided() else { return }
                    self.perform(answer, head: head, context: context)
                }
        }
    }

    private func perform(_ answer: WebSocketUpgradeAnswer, head: HTTPRequestHead, context: ChannelHandlerContext) {
        var fields = HTTPHeaders()
        switch answer {
        case .reject(let status, let headers, let body):
            fields.add(headers)
            self.reject(
                HTTPResponseStatus(statusCode: status.code, reasonPhrase: status.reasonPhrase), headers: fields, body: body,
                context: context)
        case .accept(let subprotocol, let headers, let install):
            fields.add(headers)
            if let subprotocol { fields.add(name: "Sec-WebSocket-Protocol", value: subprotocol) }
            // NIO's upgrader knows how to compute `Sec-WebSocket-Accept`; it answers at once, since it need not ask anybody.
            let upgrader = NIOWebSocketServerUpgrader(
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
            upgrader.buildUpgradeResponse(channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:])
                .assumeIsolated()
                .whenComplete { result in
                    switch result {
                    case .success(let required):
                        fields.add(contentsOf: required)
                        self.accept(fields, install: install, context: context)
                    case .failure: self.reject(.badRequest, headers: [:], body: "", context: context)
                    }
                }
        }
    }

    private func accept(
        _ headers: HTTPHeaders, install: (any Channel, WebSocketHandler) throws -> Void, context: ChannelHandlerContext
    ) {
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        let channel = context.channel
        do {
            let handler = try WebSocketHandler.addToPipeline(of: channel, configuration: self.configuration.webSocket, isServer: true)
            try install(channel, handler)
            let operations = channel.pipeline.syncOperations
            operations.removeHandler(self, promise: nil)
            for handler in self.httpHandlers { operations.removeHandler(handler, promise: nil) }
        } catch {
            channel.close(promise: nil)
        }
    }

    private func reject(_ status: HTTPResponseStatus, headers: HTTPHeaders, body: String, context: ChannelHandlerContext) {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Length", value: "\(body.utf8.count)")
        headers.replaceOrAdd(name: "Connection", value: "close")
        if !body.isEmpty { headers.replaceOrAdd(name: "Content-Type", value: "text/plain; charset=utf-8") }
        context.write(self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if !body.isEmpty { context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil) }
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
