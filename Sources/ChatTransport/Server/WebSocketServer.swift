public import Logging
public import NIOCore
import NIOExtras
public import NIOPosix
import NIOSSL

/// A WebSocket server on a port of its own. What is no WebSocket handshake gets 426 or 400.
///
/// To serve HTTP on the same port, see `ChatHummingbird`.
public final class WebSocketServer: Sendable {
    /// Where it listens.
    public let localAddress: SocketAddress
    private let channel: any Channel
    private let quiescing: ServerQuiescingHelper
    private let connections: OpenChannels
    private let configuration: WebSocketServerConfiguration

    private init(
        channel: any Channel, quiescing: ServerQuiescingHelper, connections: OpenChannels, configuration: WebSocketServerConfiguration
    ) throws {
        guard let address = channel.localAddress else { throw WebSocketError(.closed, "The server's channel has no address.") }
        self.localAddress = address
        self.channel = channel
        self.quiescing = quiescing
        self.connections = connections
        self.configuration = configuration
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose, see ``localAddress``.
    ///   - decide: says of each request whether it is welcome.
    ///   - handle: uses one connection, in a task of its own; the connection ends when it returns. What it throws is logged.
    public static func listen(
        host: String,
        port: Int,
        configuration: WebSocketServerConfiguration = WebSocketServerConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision,
        handle: @escaping @Sendable (WebSocketConnection) async throws -> Void
    ) async throws -> WebSocketServer {
        try await self.listen(host: host, port: port, configuration: configuration, eventLoopGroup: eventLoopGroup) { request in
            WebSocketUpgradeAnswer(await decide(request)) { channel, handler, subprotocol in
                let upgraded = try UpgradedChannel(channel, handler: handler, subprotocol: subprotocol)
                Task {
                    do {
                        try await upgraded.run(handle)
                    } catch {
                        logger.debug("a connection's handler failed", metadata: ["chat.error": "\(error)"])
                    }
                }
            }
        }
    }

    /// Starts to listen; connections are used by the channel handlers that an answer installs, without a task each.
    package static func listen(
        host: String,
        port: Int,
        configuration: WebSocketServerConfiguration,
        eventLoopGroup: any EventLoopGroup,
        decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer
    ) async throws -> WebSocketServer {
        let quiescing = ServerQuiescingHelper(group: eventLoopGroup)
        let connections = OpenChannels()
        let tls = try configuration.tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: CInt(configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(channel)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try self.expectHandshake(on: channel, configuration: configuration, decide: decide)
                }
            }
            .bind(host: host, port: port).get()
        return try WebSocketServer(channel: channel, quiescing: quiescing, connections: connections, configuration: configuration)
    }

    /// Sets up a channel that somebody else has accepted. On its event loop.
    package static func expectHandshake(
        on channel: any Channel,
        configuration: WebSocketServerConfiguration,
        decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer
    ) throws {
        try ServerHandshakeHandler.addToPipeline(of: channel, configuration: configuration, decide: decide)
    }

    /// Takes no more connections, tells those that are open to close (1001), and returns when all have ended. Those that have not by
    /// ``WebSocketServerConfiguration/drainTimeout`` are cut.
    public func drain() async {
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        self.quiescing.initiateShutdown(promise: promise)
        // Every connection has a close timeout of its own; this one is for handlers that keep theirs open.
        let timeout = self.channel.eventLoop.scheduleTask(in: TimeAmount(self.configuration.drainTimeout)) { self.connections.cut() }
        try? await promise.futureResult.get()
        timeout.cancel()
    }

    /// Returns when the server no longer listens.
    public func waitUntilClosed() async throws {
        try await self.channel.closeFuture.get()
    }
}
