import ChatProtocol
import ChatServer
import ChatService
import ChatStore
import ChatTransport
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A chat server that a test takes down and brings back, on one port and with one store.
actor TestChat {
    private var store: any MessageStore
    private let authorizer: any ConnectionAuthorizer
    private let drainTimeout: Duration
    private var port = 0
    private var running: (services: ServiceGroup, gateway: ChatGateway, task: Task<Void, any Error>)?

    /// - Parameter drainTimeout: how long connections may take to end when it stops; what is then left is cut.
    init(store: any MessageStore, authorizer: any ConnectionAuthorizer, drainTimeout: Duration) {
        self.store = store
        self.authorizer = authorizer
        self.drainTimeout = drainTimeout
    }

    var url: String { "ws://127.0.0.1:\(self.port)/ws" }

    var connectionCount: Int { self.running?.gateway.connectionCount ?? 0 }

    func start() async throws {
        let (addresses, listening) = AsyncStream.makeStream(of: SocketAddress.self, bufferingPolicy: .bufferingNewest(1))
        var configuration = GatewayConfiguration()
        configuration.server.drainTimeout = self.drainTimeout
        let gateway = ChatGateway(messages: self.store, authorizer: self.authorizer, configuration: configuration, logger: silent)
        let server = ChatServer(gateway: gateway, host: "127.0.0.1", port: self.port, logger: silent) { listening.yield($0) }
        let services = ServiceGroup(
            configuration: .init(services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)], logger: silent))
        let task = Task {
            defer { listening.finish() }
            try await services.run()
        }
        self.running = (services, gateway, task)
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next(isolation: self), let port = address.port else {
            try await task.value
            throw CancellationError()
        }
        self.port = port
    }

    /// Loses everything that was kept. While it is stopped.
    func replaceStore() {
        self.store = InMemoryStore()
    }

    func stop() async throws {
        guard let running = self.running else { return }
        self.running = nil
        await running.services.triggerGracefulShutdown()
        try await running.task.value
    }
}

/// Serves a chat while `body` runs.
func withChat<Value>(
    store: any MessageStore = InMemoryStore(), authorizer: any ConnectionAuthorizer = TokenDesk(), drainTimeout: Duration = .seconds(10),
    _ body: (TestChat) async throws -> Value
) async throws -> Value {
    let chat = TestChat(store: store, authorizer: authorizer, drainTimeout: drainTimeout)
    try await chat.start()
    let result: Result<Value, any Error>
    do { result = .success(try await body(chat)) } catch { result = .failure(error) }
    try await chat.stop()
    return try result.get()
}

/// Gives out tokens `NAME.1`, `NAME.2`… and says whom a token lets in.
final class TokenDesk: ConnectionAuthorizer {
    private struct State {
        var refused: Set<String> = []
        var expiresAt: [String: Timestamp] = [:]
    }

    private let state = Mutex(State())

    func refuse(_ token: String) { self.state.withLock { _ = $0.refused.insert(token) } }

    func expire(_ token: String, at time: Timestamp) { self.state.withLock { $0.expiresAt[token] = time } }

    func authorize(_ request: ConnectRequest) async throws(ConnectRejection) -> ConnectedUser {
        guard let token = request.token, let name = token.split(separator: ".").first.map(String.init),
            !self.state.withLock({ $0.refused.contains(token) })
        else { throw ConnectRejection(status: 401, reason: "test") }
        return ConnectedUser(
            sender: ChatMessage.Sender(id: "sub-\(name)", name: name), expiresAt: self.state.withLock { $0.expiresAt[token] })
    }
}
