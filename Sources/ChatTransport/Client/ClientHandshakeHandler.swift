import ChatProtocol
import HTTPTypes
import NIOCore

/// Asks a server for a WebSocket and checks its answer (RFC 6455 section 4.1), then makes way for the WebSocket's handler.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let key: String
    /// Nil once it was fulfilled.
    private var result: EventLoopPromise<UpgradedChannel>?
    private var machine: StateMachine
    private var timeout: Scheduled<Void>?

    private init(url: WebSocketURL, configuration: WebSocketClientConfiguration, result: EventLoopPromise<UpgradedChannel>) {
        self.url = url
        self.configuration = configuration
        self.result = result
        self.key = Self.randomKey()
        self.machine = StateMachine(
            key: self.key, subprotocols: configuration.subprotocols, compression: configuration.webSocket.compression)
    }

    /// Sets a channel up to ask. On its event loop. The result fails if the channel ends before there is one.
    static func addToPipeline(
        of channel: any Channel, url: WebSocketURL, configuration: WebSocketClientConfiguration, result: EventLoopPromise<UpgradedChannel>
    ) throws {
        let handshake = ClientHandshakeHandler(url: url, configuration: configuration, result: result)
        try channel.pipeline.syncOperations.addHandler(handshake)
    }

    private static func randomKey() -> String {
        let bytes = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return withUnsafeBytes(of: bytes) { Base64.encode($0) }
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
        self.fail(WebSocketError(.connectFailed, "The handshake failed.", underlying: error), context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.result != nil else { return }
        switch self.machine.receive(self.unwrapInboundIn(data)) {
        case .none: break
        case .upgrade(let subprotocol, let compression, let early):
            self.upgrade(subprotocol: subprotocol, compression: compression, early: early, context: context)
        case .fail(let error): self.fail(error, context: context)
        }
    }

    private func sendRequest(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.configuration.handshakeTimeout)) {
            self.fail(WebSocketError(.handshakeTimeout, "The server did not answer in time."), context: context)
        }
        var text = "GET \(self.url.target) HTTP/1.1\r\nHost: \(self.url.hostField)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Key: \(self.key)\r\nSec-WebSocket-Version: 13\r\n"
        if !self.configuration.subprotocols.isEmpty {
            text += "Sec-WebSocket-Protocol: \(self.configuration.subprotocols.joined(separator: ", "))\r\n"
        }
        if let compression = self.configuration.webSocket.compression {
            text += "Sec-WebSocket-Extensions: \(PerMessageDeflateParameters.offer(compression))\r\n"
        }
        for field in self.configuration.headers { text += "\(field.name.rawName): \(field.value)\r\n" }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }

    private func upgrade(
        subprotocol: String?, compression: PerMessageDeflateParameters?, early: ByteBuffer, context: ChannelHandlerContext
    ) {
        guard let result else { return }
        let channel = context.channel
        do {
            let settings = WebSocketSettings(self.configuration.webSocket, role: .client)
            let handler = try WebSocketHandler.addToPipeline(
                of: channel, settings: settings, loop: WebSocketLoop(eventLoop: channel.eventLoop), compression: compression)
            let upgraded = try UpgradedChannel(channel, handler: handler, subprotocol: subprotocol)
            self.result = nil
            result.succeed(upgraded)
        } catch {
            return self.fail(WebSocketError(.connectFailed, "The connection cannot be set up.", underlying: error), context: context)
        }
        // What came in the same packet as the answer.
        if early.readableBytes > 0 {
            context.fireChannelRead(NIOAny(early))
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
