import ChatProtocol
import HTTPTypes
import NIOCore

/// Asks a server for a WebSocket and checks its answer (RFC 6455 section 4.1), then makes way for the WebSocket's handler.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let limits = HandshakeHead.Limits(bytes: 16 * 1024, fields: 100)

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let key: String
    /// Nil once it was fulfilled.
    private var result: EventLoopPromise<UpgradedChannel>?
    private var received = ByteBuffer()
    private var searched = 0
    /// Bytes of answers so far, so that nobody can send provisional ones for ever.
    private var provisionalBytes = 0
    private var timeout: Scheduled<Void>?

    private init(url: WebSocketURL, configuration: WebSocketClientConfiguration, result: EventLoopPromise<UpgradedChannel>) {
        self.url = url
        self.configuration = configuration
        self.result = result
        self.key = Self.randomKey()
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
        var bytes = self.unwrapInboundIn(data)
        self.received.writeBuffer(&bytes)
        do throws(WebSocketError) {
            while let (head, status) = try self.nextHead() {
                // Provisional answers say nothing of a handshake (RFC 9110 section 15.2).
                if status == 101 || status >= 200 { return try self.check(head, status: status, context: context) }
            }
        } catch {
            self.fail(error, context: context)
        }
    }

    private func nextHead() throws(WebSocketError) -> (HandshakeHead, status: Int)? {
        let invalid = WebSocketError(.invalidHandshake, "The server's answer is not HTTP/1.1.")
        // Who speaks another protocol may never send an empty line.
        guard self.received.readableBytesView.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(self.received.readableBytes)) else {
            throw invalid
        }
        switch HandshakeHead.parse(self.received, searched: self.searched, limits: Self.limits) {
        case .needsMoreData:
            self.searched = self.received.readableBytes
            return nil
        case .invalid: throw invalid
        case .head(let head, let byteCount):
            self.received.moveReaderIndex(forwardBy: byteCount)
            self.searched = 0
            self.provisionalBytes += byteCount
            let parts = head.startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard self.provisionalBytes <= Self.limits.bytes, parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0",
                let status = Int(parts[1]), (100...599).contains(status), status != 101 || parts[0] == "HTTP/1.1"
            else { throw invalid }
            return (head, status)
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

    private func check(_ head: HandshakeHead, status: Int, context: ChannelHandlerContext) throws(WebSocketError) {
        guard status == 101 else {
            // A refusal need not be read to its end, which may be far.
            throw WebSocketError(.handshakeRejected, "The server answered with status \(status).", status: status)
        }
        let fields = head.makeFields()
        let selected = fields[values: .secWebSocketProtocol]
        guard fields.hasToken("websocket", in: .upgrade), fields.hasToken("upgrade", in: .connection),
            fields[values: .secWebSocketAccept] == [HandshakeResponse.acceptValue(key: self.key)],
            selected.count <= 1, selected.allSatisfy(self.configuration.subprotocols.contains)
        else { throw WebSocketError(.invalidHandshake, "The server's answer is not a WebSocket server's.") }
        let compression = try self.compression(fields[values: .secWebSocketExtensions])
        self.upgrade(subprotocol: selected.first, compression: compression, context: context)
    }

    private func compression(_ answer: [String]) throws(WebSocketError) -> PerMessageDeflateParameters? {
        let invalid = WebSocketError(.invalidHandshake, "The server selected an extension that was not offered.")
        guard let offered = self.configuration.webSocket.compression else {
            guard answer.isEmpty else { throw invalid }
            return nil
        }
        do {
            return try PerMessageDeflateParameters.accept(response: answer, offered: offered)
        } catch {
            throw invalid
        }
    }

    private func upgrade(subprotocol: String?, compression: PerMessageDeflateParameters?, context: ChannelHandlerContext) {
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
        let early = self.received
        self.received = ByteBuffer()
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
