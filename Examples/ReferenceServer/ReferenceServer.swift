import ArgumentParser
import ChatAuth
import ChatHummingbird
import ChatServer
import ChatService
import ChatStore
import ChatStoreSQLite
import ChatTransport
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The whole chat in one process, on one port: page, user pool, WebSocket, health and metrics.
@main
struct ReferenceServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ReferenceServer",
        abstract: "A chat server in one process: web page, user pool, WebSocket and metrics on one port.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        OpenFileLimit.raise()
        NIOSingletons.groupLoopCountSuggestion = self.options.eventLoops
        let level = self.options.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "chat")
        switch self.options.store {
        case .memory: try await self.serve(InMemoryStore(), logger: logger)
        case .sqlite(let path):
            let store = try SQLiteStore(path: path, durability: self.options.durability)
            let result: Result<Void, any Error>
            do { result = .success(try await self.serve(store, logger: logger)) } catch { result = .failure(error) }
            try store.close()
            try result.get()
        }
    }

    private func serve(_ store: some MessageStore & UserStore & KeyStore, logger: Logger) async throws {
        var users = UserPoolConfiguration(poolId: self.options.userPoolId, clientIds: [self.options.clientId])
        users.autoConfirm = self.options.autoConfirm
        let pool = try await UserPool(
            configuration: users, users: store, keys: store, delivery: LogCodeDelivery(logger: logger), logger: logger)
        let metrics = PrometheusMetrics()
        let gateway = ChatGateway(
            messages: store, authorizer: TokenAuthorizer(pool.tokenVerifier), configuration: try self.options.connections.configuration(),
            logger: logger, metricsFactory: metrics)

        let router = Router()
        router.add(middleware: SecurityHeaders())
        router.add(middleware: FileMiddleware(WebPage.folder, searchForIndexHtml: true))
        router.addChat(ChatEndpoints(gateway: gateway, userPool: pool, metrics: metrics))
        WebPage.addConfiguration(to: router, userPoolId: self.options.userPoolId, clientId: self.options.clientId)

        let tls = try self.tls()
        let (host, scheme) = (self.options.host, self.options.tlsKey == nil ? "http" : "https")
        let app = Application(
            router: router,
            server: .chat(gateway, tls: tls),
            configuration: .init(address: .hostname(host, port: self.options.port), serverName: nil, backlog: 1024),
            services: [gateway],
            onServerRunning: { channel in
                let name = host.contains(":") ? "[\(host)]" : host
                print("listening on \(scheme)://\(name):\(channel.localAddress?.port ?? 0)")
                fflush(nil)
            },
            logger: logger)
        var listed: [any Service] = [app]
        if let tls { listed.append(CertificateReloading(tls: tls, logger: logger)) }
        var services = ServiceGroupConfiguration(
            services: listed, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Longer than a WebSocket's close handshake may take; a request that is never finished is cut off then.
        services.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: services).run()
    }

    private func tls() throws -> ServerTLS? {
        guard let certificate = self.options.tlsCertificate, let key = self.options.tlsKey else { return nil }
        return try ServerTLS(certificateChainFile: certificate, privateKeyFile: key)
    }
}
