import ChatAuth
import ChatHummingbird
import ChatProtocol
import ChatServer
import ChatService
import ChatStore
import ChatTransport
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The two ways in which this package serves a gateway.
enum HostKind: CaseIterable, Sendable {
    case chatServer, hummingbird
}

/// A server in this process, on a port that the system chose or on a Unix domain socket.
final class TestServer: Sendable {
    let gateway: ChatGateway
    let address: SocketAddress
    private let services: ServiceGroup
    private let ended: EventLoopFuture<Void>
    private let connections = Mutex<[RawConnection]>([])

    fileprivate init(gateway: ChatGateway, address: SocketAddress, services: ServiceGroup, ended: EventLoopFuture<Void>) {
        self.gateway = gateway
        self.address = address
        self.services = services
        self.ended = ended
    }

    /// A connection on which nothing was said yet.
    func connect(isReading: Bool = true) async throws -> RawConnection {
        let raw = try await RawConnection.connect(to: self.address, isReading: isReading)
        self.connections.withLock { $0.append(raw) }
        return raw
    }

    /// Somebody who is connected as `name`.
    func peer(_ name: String) async throws -> ChatPeer {
        try await ChatPeer.open(self.connect(), handshake: RawConnection.handshake(token: name))
    }

    /// Somebody who is connected, and in the default room.
    func settledPeer(_ name: String) async throws -> ChatPeer {
        let peer = try await self.peer(name)
        try await peer.settle()
        return peer
    }

    /// Begins to go down, as on SIGTERM.
    func beginShutdown() async {
        await self.services.triggerGracefulShutdown()
    }

    /// Returns once it has gone down.
    func waitForEnd() async throws {
        try await self.ended.get()
    }

    fileprivate func cutConnections() {
        for connection in self.connections.withLock({ $0 }) { connection.close() }
    }
}

/// Serves a chat while `body` runs.
///
/// - Parameter unixDomainSocket: where it listens. Default: on a port.
func withServer<Value>(
    _ kind: HostKind = .chatServer,
    store: any MessageStore = InMemoryStore(),
    authorizer: any ConnectionAuthorizer = NameAuthorizer(),
    userPool: UserPool? = nil,
    unixDomainSocket: String? = nil,
    metrics: PrometheusMetrics = PrometheusMetrics(),
    group: MultiThreadedEventLoopGroup = .singleton,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    configure: (inout GatewayConfiguration) -> Void = { _ in },
    _ body: (TestServer) async throws -> Value
) async throws -> Value {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var configuration = GatewayConfiguration()
    // A machine that is busy with other tests is not what a time-out is for, unless a test says so.
    configuration.server.handshakeTimeout = .seconds(100)
    configuration.server.drainTimeout = .seconds(100)
    configuration.server.webSocket.pingInterval = nil
    configure(&configuration)
    let gateway = ChatGateway(
        messages: store, authorizer: authorizer, configuration: configuration, eventLoopGroup: group, logger: logger,
        metricsFactory: metrics, now: now)
    let (addresses, listening) = AsyncStream.makeStream(of: SocketAddress.self, bufferingPolicy: .bufferingNewest(1))
    let service: any Service
    switch kind {
    case .chatServer:
        service = ChatServer(
            gateway: gateway, address: unixDomainSocket.map { .unixDomainSocket(path: $0) } ?? .hostname("127.0.0.1", port: 0),
            eventLoopGroup: group, logger: logger
        ) { listening.yield($0) }
    case .hummingbird:
        let router = Router().addChat(ChatEndpoints(gateway: gateway, userPool: userPool, metrics: metrics))
        router.get("/hello") { _, _ in "hello" }
        router.post("/ws") { _, _ in "posted" }
        let address: BindAddress = unixDomainSocket.map { .unixDomainSocket(path: $0) } ?? .hostname("127.0.0.1", port: 0)
        service = Application(
            router: router, server: .chat(gateway), configuration: .init(address: address), services: [gateway],
            onServerRunning: { channel in if let address = channel.localAddress { listening.yield(address) } },
            eventLoopGroupProvider: .shared(group), logger: logger)
    }
    let services = ServiceGroup(
        configuration: .init(services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)], logger: logger))
    let ended = group.next().makePromise(of: Void.self)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            do { ended.succeed(try await services.run()) } catch { ended.fail(error) }
            listening.finish()
        }
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next() else {
            try await ended.futureResult.get()
            throw CancellationError()
        }
        let server = TestServer(gateway: gateway, address: address, services: services, ended: ended.futureResult)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        server.cutConnections()
        await services.triggerGracefulShutdown()
        try await ended.futureResult.get()
        return try result.get()
    }
}

/// Event loops of a test's own, so that it knows how many there are.
func withEventLoops<Value>(_ count: Int, _ body: (MultiThreadedEventLoopGroup) async throws -> Value) async throws -> Value {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
    let result: Result<Value, any Error>
    do { result = .success(try await body(group)) } catch { result = .failure(error) }
    try await group.shutdownGracefully()
    return try result.get()
}
