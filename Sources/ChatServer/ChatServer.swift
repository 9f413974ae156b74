import ChatTransport
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// A chat on a port of its own, without other HTTP. One of a program's services.
///
///     let gateway = ChatGateway(messages: InMemoryStore(), authorizer: authorizer, logger: logger)
///     try await ChatServer(gateway: gateway, host: "127.0.0.1", port: 8080, logger: logger).run()
///
/// To serve HTTP beside it, mount the gateway in a Hummingbird application with `ChatHummingbird`.
public struct ChatServer: Service {
    private let gateway: ChatGateway
    private let host: String
    private let port: Int
    private let path: String
    private let eventLoopGroup: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) async -> Void

    /// - Parameters:
    ///   - path: where the WebSocket is; others get 404. Default `/ws`.
    ///   - eventLoopGroup: the one that the gateway was made with.
    ///   - onListening: called once clients can connect, with the address; of use when the port is 0.
    public init(
        gateway: ChatGateway,
        host: String,
        port: Int,
        path: String = "/ws",
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) {
        self.gateway = gateway
        self.host = host
        self.port = port
        self.path = path
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the graceful shutdown (or until the task is cancelled), then drains.
    public func run() async throws {
        let server = try await WebSocketServer.listen(
            on: .hostname(self.host, port: self.port), acceptor: self.gateway.acceptor(path: self.path),
            eventLoopGroup: self.eventLoopGroup)
        self.logger.info("listening", metadata: ["chat.address": "\(server.localAddress)"])
        await self.onListening(server.localAddress)
        try? await gracefulShutdown()
        await server.drain()
        await self.gateway.shutDown()
    }
}
