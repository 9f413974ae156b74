import APIGateway
import APIGatewayDefinition
import ArgumentParser
import ChatHummingbird
import ChatTransport
import Foundation
import Hummingbird
import HummingbirdCore
import LambdaHost
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// API Gateway's WebSocket side on one's own machine: Lambda functions of any language, unmodified, behind a WebSocket API.
@main
struct Gateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Gateway",
        abstract: "Serves a WebSocket API as API Gateway does, with Lambda functions that run as processes of this machine.",
        discussion: "What it serves comes from a YAML file of its own (docs/GATEWAY.md) or from a CloudFormation template.")

    @OptionGroup var options: GatewayOptions

    func run() async throws {
        OpenFileLimit.raise()
        NIOSingletons.groupLoopCountSuggestion = self.options.eventLoops
        let level = self.options.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "gateway")
        var definition = try self.options.definition()
        try definition.settleAddress()
        let tls = try definition.listener.serverTLS()
        let (output, errors) = (LogWriter(descriptor: STDOUT_FILENO), LogWriter(descriptor: STDERR_FILENO))
        let host = LambdaHost(definition, environment: ProcessInfo.processInfo.environment) { errors.write("\($0)") }
        let api = try WebSocketAPI(definition, invoker: host, logger: logger) { output.write($0) }

        let listener = definition.listener
        let scheme = tls == nil ? "http" : "https"
        let app = Application(
            responder: ManagementResponder(api: api),
            server: .webSocket(api.acceptor, isWebSocketPath: { api.isWebSocketPath($0) }, tls: tls),
            configuration: .init(address: .hostname(listener.host, port: listener.port), serverName: nil, backlog: 1024),
            services: [GatewayLife(api: api, host: host)],
            onServerRunning: { channel in
                let name = listener.host.contains(":") ? "[\(listener.host)]" : listener.host
                print("listening on \(scheme)://\(name):\(channel.localAddress?.port ?? 0)")
                fflush(nil)
            },
            logger: logger)
        var services = ServiceGroupConfiguration(services: [app], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The connections' drain, then the functions'.
        services.maximumGracefulShutdownDuration = .seconds(30)
        defer {
            output.flush()
            errors.flush()
        }
        try await ServiceGroup(configuration: services).run()
    }
}

/// What is ended once nobody listens any more: first the connections, whose `$disconnect` still needs the functions, then those.
struct GatewayLife: Service {
    let api: WebSocketAPI
    let host: LambdaHost

    func run() async throws {
        try? await gracefulShutdown()
        await self.api.shutDown()
        await self.host.shutdown()
    }
}
