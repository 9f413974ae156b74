public import ChatTransport
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// A chat on a port of its own or on a Unix domain socket, without other HTTP. One of a program's services.
///
///     let gateway = ChatGateway(messages: InMemoryStore(), authorizer: authorizer, logger: logger)
///     try await ChatServer(gateway: gateway, host: "127.0.0.1", port: 8080, logger: logger).run()
///
/// To serve HTTP beside it, mount the gateway in a Hummingbird application with `ChatHummingbird`.
public struct ChatServer: Service {
    private let gateway: ChatGateway
    private let address: WebSocketListenAddress
    private let path: String
    private let eventLoopGroup: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) async -> Void

    /// - Parameters:
    ///   - address: where to listen: a host's address and a port, or a Unix domain socket, for a proxy on the same machine.
    ///   - path: where the WebSocket is; others get 404. Default `/ws`.
    ///   - eventLoopGroup: the one that the gateway was made with.
    ///   - onListening: called once clients can connect, with the address; of use when the port is 0.
    public init(
        gateway: ChatGateway,
        address: WebSocketListenAddress,
        path: String = "/ws",
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) {
        self.gateway = gateway
        self.address = address
        self.path = path
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.onListening = onListening
    }

    /// ``init(gateway:address:path:eventLoopGroup:logger:onListening:)`` with a host's address and a port.
    public init(
        gateway: ChatGateway,
        host: String,
        port: Int,
        path: String = "/ws",
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) {
        self.init(
            gateway: gateway, address: .hostname(host, port: port), path: path, eventLoopGroup: eventLoopGroup, logger: logger,
            onListening: onListening)
    }

    /// Serves until the graceful shutdown (or until the task is cancelled), then drains.
    public func run() async throws {
        let server = try await WebSocketServer.listen(
            on: self.address, acceptor: self.gateway.acceptor(path: self.path), eventLoopGroup: self.eventLoopGroup)
        self.logger.info("listening", metadata: ["chat.address": "\(server.localAddress)"])
        await self.onListening(server.localAddress)
        try? await gracefulShutdown()
        await server.drain()
        await self.gateway.shutDown()
    }
}
