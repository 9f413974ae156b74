public import Logging
public import NIOCore
public import NIOPosix
import NIOSSL

/// A WebSocket server on a port of its own, or on a Unix domain socket. What is no WebSocket handshake gets 426 or 400.
///
/// To serve HTTP on the same port, see `ChatHummingbird`.
public final class WebSocketServer: Sendable {
    /// Where it listens.
    public let localAddress: SocketAddress
    private let channels: [any Channel]
    private let acceptor: WebSocketAcceptor

    private init(channels: [any Channel], acceptor: WebSocketAcceptor) throws {
        guard let address = channels.first?.localAddress else { throw WebSocketError(.closed, "The server's channel has no address.") }
        self.localAddress = address
        self.channels = channels
        self.acceptor = acceptor
    }

    /// How many connections there are, those in their handshake included.
    public var connectionCount: Int { self.acceptor.connectionCount }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - address: the port 0 lets the system choose, see ``localAddress``.
    ///   - decide: says of each request whether it is welcome.
    ///   - handle: uses one connection, in a task of its own; the connection ends when it returns. What it throws is logged.
    public static func listen(
        on address: WebSocketListenAddress,
        configuration: WebSocketServerConfiguration = WebSocketServerConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision,
        handle: @escaping @Sendable (WebSocketConnection) async throws -> Void
    ) async throws -> WebSocketServer {
        let decider = WebSocketUpgradeDecider.task { request in
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
        let acceptor = WebSocketAcceptor(configuration: configuration, loops: WebSocketLoops(), decide: decider)
        return try await self.listen(on: address, acceptor: acceptor, eventLoopGroup: eventLoopGroup)
    }

    /// ``listen(on:configuration:eventLoopGroup:logger:decide:handle:)`` on a host's address and a port.
    public static func listen(
        host: String,
        port: Int,
        configuration: WebSocketServerConfiguration = WebSocketServerConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision,
        handle: @escaping @Sendable (WebSocketConnection) async throws -> Void
    ) async throws -> WebSocketServer {
        try await self.listen(
            on: .hostname(host, port: port), configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger, decide: decide,
            handle: handle)
    }

    /// Starts to listen for somebody who uses connections on their event loops, without a task each.
    package static func listen(
        on address: WebSocketListenAddress, acceptor: WebSocketAcceptor, eventLoopGroup: any EventLoopGroup
    ) async throws -> WebSocketServer {
        var channels: [any Channel] = []
        do {
            guard acceptor.configuration.listensOnEveryEventLoop, case .hostname(let host, var port) = address.value else {
                channels.append(try await self.bind(address, acceptor: acceptor, group: eventLoopGroup))
                return try WebSocketServer(channels: channels, acceptor: acceptor)
            }
            for eventLoop in eventLoopGroup.makeIterator() {
                let channel = try await self.bind(.hostname(host, port: port), acceptor: acceptor, group: eventLoop)
                channels.append(channel)
                port = channel.localAddress?.port ?? port
            }
            return try WebSocketServer(channels: channels, acceptor: acceptor)
        } catch {
            for channel in channels { channel.close(promise: nil) }
            throw error
        }
    }

    private static func bind(
        _ address: WebSocketListenAddress, acceptor: WebSocketAcceptor, group: any EventLoopGroup
    ) async throws -> any Channel {
        let configuration = acceptor.configuration
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(configuration.backlog))
            // More at a time would hold up those who are connected: their messages wait for a turn of the loop.
            .serverChannelOption(.maxMessagesPerRead, value: 2)
            .serverChannelInitializer { channel in
                // Without it, a process that has no file descriptors left would try to accept without a pause.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Here and not as options of the bootstrap, which go through a chain of futures a connection.
                    // A client may end its stream and read on. With TLS there is no such thing, and NIOSSL would wait for it in vain.
                    try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: configuration.tls == nil)
                    try TransientReceiveAllocator.use(on: channel)
                    if let tls = configuration.tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
                    }
                    try acceptor.accept(channel, isAlone: configuration.tls == nil)
                }
            }
        switch address.value {
        case .hostname(let host, let port):
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            if configuration.listensOnEveryEventLoop {
                bootstrap = bootstrap.serverChannelOption(.socketOption(.init(rawValue: SystemSocket.reusePort)), value: 1)
            }
            return try await bootstrap.bind(host: host, port: port).get()
        case .unixDomainSocket(let path):
            return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }

    /// Takes no more connections, tells those that are open to close (1001), and returns when all have ended. Those that have not by
    /// ``WebSocketServerConfiguration/drainTimeout`` are cut.
    public func drain() async {
        for channel in self.channels { try? await channel.close() }
        self.acceptor.quiesce()
        guard let eventLoop = self.channels.first?.eventLoop else { return }
        let acceptor = self.acceptor
        // Every connection has a close timeout of its own; this one is for users that keep theirs open.
        let timeout = eventLoop.scheduleTask(in: TimeAmount(acceptor.configuration.drainTimeout)) { acceptor.cut() }
        try? await acceptor.whenEmpty(on: eventLoop).get()
        timeout.cancel()
    }

    /// Returns when the server no longer listens.
    public func waitUntilClosed() async throws {
        for channel in self.channels { try await channel.closeFuture.get() }
    }
}
