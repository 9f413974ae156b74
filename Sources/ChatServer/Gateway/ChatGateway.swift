public import ChatProtocol
public import ChatService
public import ChatStore
package import ChatTransport
public import CoreMetrics
import HTTPTypes
public import Logging
import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The chat in one process: lets clients in, carries out their requests on the event loops, fans messages out.
///
/// It is not a listener: ``ChatServer`` opens a port for it, `ChatHummingbird` mounts it in a Hummingbird application.
public final class ChatGateway: Sendable {
    public let configuration: GatewayConfiguration
    let rules: ChatRules
    let messages: any MessageStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let metrics: GatewayMetrics
    private let authorizer: any ConnectionAuthorizer
    private let loops: [ObjectIdentifier: GatewayLoop]
    private let transport: WebSocketLoops
    private let commits: GroupCommit<CommitTag>
    private let state = Mutex(State())

    private struct State {
        var isShuttingDown = false
        var connections = 0
        /// Who waits for the last connection to end.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var hasWaitedEnough = false
        /// Those that let connections in, to cut what outlives the drain.
        var acceptors: [WebSocketAcceptor] = []

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { self.waiting = [] }
            return self.waiting
        }
    }

    /// - Parameters:
    ///   - messages: keeps the messages. A message is acknowledged, and shown to others, once this has it.
    ///   - authorizer: says who may connect, for one ``TokenAuthorizer``.
    ///   - eventLoopGroup: the loops that connections will be on, all of them.
    ///   - metricsFactory: where metrics go. Default: the one that `MetricsSystem` was bootstrapped with.
    ///   - now: the clock. Default: the system's.
    public init(
        messages: any MessageStore,
        authorizer: any ConnectionAuthorizer,
        configuration: GatewayConfiguration = GatewayConfiguration(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        metricsFactory: (any MetricsFactory)? = nil,
        now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        let rules = ChatRules(limits: configuration.limits, now: now)
        let metrics = GatewayMetrics(factory: metricsFactory ?? MetricsSystem.factory)
        let transport = WebSocketLoops()
        var loops: [ObjectIdentifier: GatewayLoop] = [:]
        for eventLoop in eventLoopGroup.makeIterator() {
            loops[ObjectIdentifier(eventLoop)] = GatewayLoop(transport: transport[eventLoop], messages: messages, metrics: metrics)
        }
        let all = Array(loops.values)
        self.commits = GroupCommit(
            store: messages, maximumBatch: configuration.maximumCommitBatch, maximumWaiting: configuration.maximumPendingMessages
        ) { committed in
            let batch = CommittedBatch(committed, rules: rules)
            metrics.commitSize.record(committed.count)
            if batch.accepted > 0 { metrics.accepted.increment(by: batch.accepted) }
            if batch.repeated > 0 { metrics.repeated.increment(by: batch.repeated) }
            for code in batch.errors { metrics.failed(code: code.rawValue) }
            if !batch.errors.isEmpty {
                logger.error("messages were not kept", metadata: ["chat.count": "\(batch.errors.count)"])
            }
            for loop in all { loop.eventLoop.execute { loop.deliver(batch) } }
        }
        self.configuration = configuration
        self.rules = rules
        self.messages = messages
        self.authorizer = authorizer
        self.now = now
        self.logger = logger
        self.metrics = metrics
        self.loops = loops
        self.transport = transport
    }

    /// Whether it lets clients in: until it is shut down.
    public var isAccepting: Bool { self.state.withLock { !$0.isShuttingDown } }

    /// How many clients are connected.
    public var connectionCount: Int { self.state.withLock { $0.connections } }

    // MARK: Connecting

    /// Answers a handshake.
    package func answer(_ request: WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer {
        let connect = ConnectRequest(
            authorization: request.headers[.authorization], subprotocols: request.subprotocols, queryToken: request.queryItem("token"))
        do throws(ConnectRejection) {
            guard self.isAccepting else { throw ConnectRejection(status: 503, reason: "shuttingDown") }
            let user = try await self.authorizer.authorize(connect)
            return .accept(subprotocol: connect.selectedSubprotocol, headers: [:]) { channel, socket in
                self.open(user, on: channel, socket: socket)
            }
        } catch {
            self.metrics.rejected(reason: error.reason)
            self.logger.debug("a client was not let in", metadata: ["chat.reason": "\(error.reason)"])
            var headers = HTTPFields()
            switch error.status {
            case 401: headers[.wwwAuthenticate] = "Bearer"
            case 503: headers[.retryAfter] = "1"
            default: break
            }
            return .reject(status: HTTPResponse.Status(code: error.status), headers: headers, body: "")
        }
    }

    /// Lets in who connects to `path`; others get 404. For whoever listens.
    package func acceptor(path: String) -> WebSocketAcceptor {
        let acceptor = WebSocketAcceptor(
            configuration: self.configuration.server, loops: self.transport,
            decide: .task { [weak self] request in
                guard let self, request.path == path else { return .reject(status: .notFound, headers: [:], body: "") }
                return await self.answer(request)
            })
        self.state.withLock { $0.acceptors.append(acceptor) }
        return acceptor
    }

    private func open(_ user: ConnectedUser, on channel: any Channel, socket: WebSocketHandler) {
        guard let loop = self.loops[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("The connection is on an event loop that is not of the gateway's group.")
        }
        let count = self.state.withLock { state in
            state.connections += 1
            return state.connections
        }
        self.metrics.connections.set(count)
        let connection = GatewayConnection(user: user, gateway: self, loop: loop, socket: socket)
        connection.start()
        if !self.isAccepting { connection.drain() }
    }

    func connectionClosed() {
        let (count, waiting) = self.state.withLock { state in
            state.connections -= 1
            return (state.connections, state.connections == 0 ? state.takeWaiting() : [])
        }
        self.metrics.connections.set(count)
        for continuation in waiting { continuation.resume() }
    }

    func submit(_ entries: [(message: NewMessage, tag: CommitTag)]) -> [(tag: CommitTag, error: StoreError)] {
        self.commits.submit(entries)
    }

    // MARK: Going down

    /// Lets nobody in any more, answers what was begun, asks every client to leave (1001), and returns when everything that was
    /// taken is durable, its senders are told, and every client has left or has had the server's `drainTimeout` for it.
    public func shutDown() async {
        self.state.withLock { $0.isShuttingDown = true }
        for loop in self.loops.values {
            loop.eventLoop.execute { for connection in loop.connections.values { connection.drain() } }
        }
        // What was begun in the tick before is handed over at its end.
        await self.waitForLoops()
        await self.commits.close()
        // The last commit's deliveries were handed to the loops before that returned; one more turn of each, and they are done.
        await self.waitForLoops()
        await self.waitForConnections()
    }

    /// Returns after one more turn of each loop.
    private func waitForLoops() async {
        for loop in self.loops.values { try? await loop.eventLoop.submit {}.get() }
    }

    /// A process that ends while its clients still send resets their connections, and what was last written to them is lost.
    private func waitForConnections() async {
        let timeout = Task {
            try await Task.sleep(for: self.configuration.server.drainTimeout)
            let (waiting, acceptors) = self.state.withLock { state in
                state.hasWaitedEnough = true
                return (state.takeWaiting(), state.acceptors)
            }
            for acceptor in acceptors { acceptor.cut() }
            for continuation in waiting { continuation.resume() }
        }
        defer { timeout.cancel() }
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                if state.connections > 0, !state.hasWaitedEnough { state.waiting.append(continuation) }
                return state.connections == 0 || state.hasWaitedEnough
            }
            if isOver { continuation.resume() }
        }
    }
}

extension ChatGateway: Service {
    /// Waits for the graceful shutdown, then ``shutDown()``. For whoever lists the gateway among the services of an application:
    /// before the one that listens.
    public func run() async throws {
        try? await gracefulShutdown()
        await self.shutDown()
    }
}
