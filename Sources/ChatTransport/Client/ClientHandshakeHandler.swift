import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Asks a server for a WebSocket and checks its answer (RFC 6455 section 4.1), then makes way for the WebSocket handlers.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let encoder: any RemovableChannelHandler
    private let decoder: any RemovableChannelHandler
    private let upgrader: NIOWebSocketClientUpgrader
    /// Nil once it was fulfilled.
    private var result: EventLoopPromise<UpgradedChannel>?
    private var response: HTTPResponseHead?
    /// Bytes that came with the answer, once that was found good and until the decoder has gone.
    private var early: [NIOAny]?
    private var timeout: Scheduled<Void>?

    private init(
        url: WebSocketURL, configuration: WebSocketClientConfiguration, encoder: any RemovableChannelHandler,
        decoder: any RemovableChannelHandler, result: EventLoopPromise<UpgradedChannel>
    ) {
        self.url = url
        self.configuration = configuration
        self.encoder = encoder
        self.decoder = decoder
        self.result = result
        // Only for the key and the check of the answer to it; the pipeline is changed here.
        self.upgrader = NIOWebSocketClientUpgrader { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
    }

    /// Sets a channel up to ask. On its event loop. The result fails if the channel ends before there is one.
    static func addToPipeline(
        of channel: any Channel, url: WebSocketURL, configuration: WebSocketClientConfiguration, result: EventLoopPromise<UpgradedChannel>
    ) throws {
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        let handshake = ClientHandshakeHandler(
            url: url, configuration: configuration, encoder: encoder, decoder: decoder, result: result)
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, handshake])
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.sendRequest(context: context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timeout?.cancel()
        self.timeout = nil
        // A channel that never became active ends without becoming inactive.
        self.fail(WebSocketError(.connectFailed, "The server cannot be reached."), context: context)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.sendRequest(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(WebSocketError(.connectFailed, "The server ended the connection."), context: context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let code: WebSocketError.Code = error is HTTPParserError ? .invalidHandshake : .connectFailed
        self.fail(WebSocketError(code, "The handshake failed.", underlying: error), context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.early == nil else {
            self.early?.append(data)
            return
        }
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.response = head
        case .body: break
        case .end:
            if let response { self.check(response, context: context) }
        }
        // A refusal need not be read to its end, which may be far.
        if let response, response.status != .switchingProtocols { self.check(response, context: context) }
    }

    private func sendRequest(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.configuration.handshakeTimeout)) {
            self.fail(WebSocketError(.handshakeTimeout, "The server did not answer in time."), context: context)
        }
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: self.url.hostField)
        headers.add(name: "Upgrade", value: "websocket")
        headers.add(name: "Connection", value: "Upgrade")
        self.upgrader.addCustom(upgradeRequestHeaders: &headers)
        if !self.configuration.subprotocols.isEmpty {
            headers.add(name: "Sec-WebSocket-Protocol", value: self.configuration.subprotocols.joined(separator: ", "))
        }
        headers.add(self.configuration.headers)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: self.url.target, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func check(_ response: HTTPResponseHead, context: ChannelHandlerContext) {
        guard self.result != nil else { return }
        guard response.status == .switchingProtocols else {
            let status = Int(response.status.code)
            let error = WebSocketError(.handshakeRejected, "The server answered with status \(status).", status: status)
            return self.fail(error, context: context)
        }
        let selected = response.headers["Sec-WebSocket-Protocol"]
        guard response.headers[canonicalForm: "Upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            response.headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "upgrade" }),
            self.upgrader.shouldAllowUpgrade(upgradeResponse: response),
            selected.count <= 1, selected.allSatisfy(self.configuration.subprotocols.contains),
            response.headers["Sec-WebSocket-Extensions"].isEmpty
        else {
            return self.fail(WebSocketError(.invalidHandshake, "The server's answer is not a WebSocket server's."), context: context)
        }
        // Nothing may be sent before the decoder has gone, which takes until the next tick: it looks at what is sent, and knows
        // HTTP only. A ping or a close frame that comes in the same packet as the answer would be answered through it.
        self.early = []
        let decoderGone = context.eventLoop.makePromise(of: Void.self)
        decoderGone.futureResult.assumeIsolated().whenComplete { _ in self.upgrade(subprotocol: selected.first, context: context) }
        let operations = context.pipeline.syncOperations
        operations.removeHandler(self.encoder, promise: nil)
        operations.removeHandler(self.decoder, promise: decoderGone)
    }

    private func upgrade(subprotocol: String?, context: ChannelHandlerContext) {
        guard let result else { return }
        let channel = context.channel
        do {
            let handler = try WebSocketHandler.addToPipeline(of: channel, configuration: self.configuration.webSocket, isServer: false)
            let upgraded = try UpgradedChannel(channel, handler: handler, subprotocol: subprotocol)
            self.result = nil
            result.succeed(upgraded)
        } catch {
            return self.fail(WebSocketError(.connectFailed, "The connection cannot be set up.", underlying: error), context: context)
        }
        if let early, !early.isEmpty {
            for bytes in early { context.fireChannelRead(bytes) }
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: WebSocketError, context: ChannelHandlerContext) {
        guard let result else { return }
        self.result = nil
        result.fail(error)
        context.close(promise: nil)
    }
}
