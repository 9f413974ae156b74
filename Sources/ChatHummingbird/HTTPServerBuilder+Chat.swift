public import ChatServer
public import ChatTransport
public import HummingbirdCore
public import NIOCore

extension HTTPServerBuilder {
    /// A server for HTTP/1.1 whose WebSocket at `path` is a chat.
    ///
    ///     let app = Application(router: router, server: .chat(gateway), services: [gateway])
    ///
    /// List the gateway among the application's services, so that it is shut down after the listener.
    ///
    /// Every connection of the port counts for the limits of the gateway's `configuration.server`, from its first moment until it closes,
    /// those for HTTP too. One that is too many is closed without an answer; a WebSocket gets 429 if a trusted proxy has told its
    /// address in the request.
    ///
    /// The body of a request may take `configuration.server.webSocket.messageTimeout` (60 s), and a second more for each KiB of it, its
    /// head `idleTimeout`. A client that does not read its answer is closed after `sendTimeout` (30 s), if more than 64 KiB wait, or
    /// `idleTimeout`.
    ///
    /// Only the first request of a connection can become a WebSocket: one behind another on the same connection is answered by the router
    /// (426, if it has the chat's routes). A proxy must therefore not send the WebSocket's path over connections that it keeps open for
    /// other requests (nginx: no `keepalive` in its `upstream`).
    ///
    /// It is Hummingbird that listens. Of `configuration.server`, `backlog` (set that of `ApplicationConfiguration`) and
    /// `listensOnEveryEventLoop` (there is one socket) can therefore not be heeded: the application's `run()` throws
    /// `InvalidConfigurationError` if either is changed.
    ///
    /// - Parameters:
    ///   - path: where the WebSocket is. Default `/ws`.
    ///   - tls: serves `https` and `wss`. Keep it to reload the certificate. Default nil: `configuration.server.tls`, and without TLS if
    ///     there is none either. `HTTPServerBuilder.tls` serves, too, where neither is set.
    ///   - configuration: of the connections that are no WebSockets. Default: closed after 60 s without a request. Where it has no
    ///     `idleTimeout`, that is `messageTimeout`.
    public static func chat(
        _ gateway: ChatGateway, path: String = "/ws", tls: ServerTLS? = nil,
        configuration: HTTP1Channel.Configuration = .init(idleTimeout: .seconds(60))
    ) -> HTTPServerBuilder {
        .webSocket(gateway.acceptor(path: path), isWebSocketPath: { $0 == path }, tls: tls, configuration: configuration)
    }

    /// A server for HTTP/1.1 whose WebSockets are somebody's own.
    ///
    /// - Parameters:
    ///   - acceptor: lets WebSockets in.
    ///   - isWebSocketPath: whether a `GET` of a path, without its query, is for the acceptor. Asked on an event loop.
    ///   - tls: as for ``chat(_:path:tls:configuration:)``.
    ///   - configuration: of the connections that are no WebSockets.
    package static func webSocket(
        _ acceptor: WebSocketAcceptor, isWebSocketPath: @escaping @Sendable (String) -> Bool, tls: ServerTLS? = nil,
        configuration: HTTP1Channel.Configuration = .init(idleTimeout: .seconds(60))
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            try Self.checkListener(acceptor.configuration)
            let configuration = Self.withDeadlines(configuration, acceptor.configuration.webSocket)
            let channel = ChatUpgradeChannel(
                base: HTTP1Channel(responder: responder, configuration: configuration), acceptor: acceptor,
                isWebSocketPath: isWebSocketPath)
            if let tls = tls ?? acceptor.configuration.tls { return ReloadableTLSChannel(base: channel, tls: tls) }
            return channel
        }
    }

    private static func withDeadlines(_ configuration: HTTP1Channel.Configuration, _ times: WebSocketConfiguration)
        -> HTTP1Channel.Configuration
    {
        let others = configuration.additionalChannelHandlers
        let (requestTimeout, sendTimeout) = (times.messageTimeout.map(TimeAmount.init), times.sendTimeout.map(TimeAmount.init))
        var configuration = configuration
        configuration.idleTimeout = configuration.idleTimeout ?? requestTimeout
        configuration.additionalChannelHandlers = {
            [HTTPDeadlineHandler(requestTimeout: requestTimeout, sendTimeout: sendTimeout)] + others()
        }
        return configuration
    }

    /// Refuses what would be set in vain, since Hummingbird listens.
    private static func checkListener(_ configuration: WebSocketServerConfiguration) throws {
        guard !configuration.listensOnEveryEventLoop else {
            throw InvalidConfigurationError("listensOnEveryEventLoop has no effect under Hummingbird, which listens on one socket.")
        }
        guard configuration.backlog == WebSocketServerConfiguration().backlog else {
            throw InvalidConfigurationError("backlog has no effect under Hummingbird: set that of ApplicationConfiguration.")
        }
    }
}
