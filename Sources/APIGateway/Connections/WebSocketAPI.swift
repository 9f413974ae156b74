public import APIGatewayDefinition
import AWSClient
public import ChatProtocol
public import ChatStore
package import ChatTransport
public import HTTPTypes
public import LambdaHost
public import Logging
import NIOCore
import Synchronization

/// The WebSocket side of API Gateway on one's own machine: one API with one stage, whose functions are called through a
/// ``LambdaInvoker``.
///
/// It is no listener. Whoever listens gives it connections through ``acceptor``, and HTTP requests that are none through
/// ``respond(to:body:)``. See `docs/GATEWAY.md` for what is known of API Gateway's behaviour and what is not.
public final class WebSocketAPI: Sendable {
    public let definition: APIDefinition
    public let configuration: WebSocketAPIConfiguration
    let routes: RouteTable
    let identitySources: [IdentitySource]
    let integration: Integration
    let quotas: AccountQuotas
    let registry = ConnectionRegistry()
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let life = WebSocketAPILife()
    private let management: ManagementAPI
    private let accessLogFormat: AccessLogFormat?
    private let accessLog: (@Sendable (String) -> Void)?
    private let mutableAcceptor = Mutex<WebSocketAcceptor?>(nil)

    /// - Parameters:
    ///   - definition: one that was validated, with a `domainName`.
    ///   - configuration: Default: what the definition says.
    ///   - accessLog: gets each line of the access log, without its end, on an event loop: it may not block. Default: nothing is logged.
    ///   - now: the clock. Default: the system's.
    /// - Throws: ``WebSocketAPIError`` for an expression, a format or an identity source that cannot be read.
    public init(
        _ definition: APIDefinition, invoker: any LambdaInvoker, configuration: WebSocketAPIConfiguration? = nil, logger: Logger,
        accessLog: (@Sendable (String) -> Void)? = nil, now: @escaping @Sendable () -> Timestamp = { .now() }
    ) throws(WebSocketAPIError) {
        guard definition.domainName != nil else {
            throw WebSocketAPIError("domainName must be set: functions post to the host that events name, which no client may choose")
        }
        var configuration = configuration ?? WebSocketAPIConfiguration(definition)
        // A client is cut for being slow only long after its posts were refused, since those are told.
        let webSocket = configuration.server.webSocket
        configuration.server.webSocket.maximumOutboundBytes = max(
            webSocket.maximumOutboundBytes, 2 * configuration.maximumUnsentBytes + 4 * webSocket.maximumMessageBytes)
        do throws(RouteSelectionError) { self.routes = try RouteTable(definition) } catch {
            throw WebSocketAPIError(error.description)
        }
        var sources: [IdentitySource] = []
        for text in definition.authorizer?.identitySources ?? [] {
            guard let source = IdentitySource(text) else { throw WebSocketAPIError("no identity source: \(text)") }
            sources.append(source)
        }
        self.accessLogFormat = try definition.accessLogFormat.map { text throws(WebSocketAPIError) in
            guard let format = AccessLogFormat(text) else {
                throw WebSocketAPIError("an access log format has at most \(AccessLogFormat.maximumBytes) bytes")
            }
            return format
        }
        let quotas = AccountQuotas(definition.quotas, now: .now())
        self.definition = definition
        self.configuration = configuration
        self.identitySources = sources
        self.integration = Integration(invoker: invoker, maximumTimeout: definition.quotas.integrationTimeout)
        self.quotas = quotas
        self.management = ManagementAPI(
            definition, maximumBodyBytes: Self.maximumMessageBytes(definition), quotas: quotas, connections: self.registry)
        self.accessLog = accessLog
        self.logger = logger
        self.now = now
    }

    /// How many clients are connected.
    public var connectionCount: Int { self.registry.count }

    /// The longest body that ``respond(to:body:)`` is of use for, in bytes: one more, so that it can say that a message is too long.
    public var maximumRequestBodyBytes: Int { self.maximumMessageBytes + 1 }

    var maximumMessageBytes: Int { Self.maximumMessageBytes(self.definition) }

    private static func maximumMessageBytes(_ definition: APIDefinition) -> Int {
        definition.quotas.messageBytes ?? QuotaDefinition.absoluteMessageBytes
    }

    // MARK: Listening

    /// Lets in who connects to the stage's path. For whoever listens; always the same one.
    package var acceptor: WebSocketAcceptor {
        self.mutableAcceptor.withLock { acceptor in
            if let acceptor { return acceptor }
            let new = WebSocketAcceptor(
                configuration: self.configuration.server, loops: WebSocketLoops(),
                decide: .task { [weak self] request in
                    await self?.answer(request) ?? .reject(status: .serviceUnavailable, headers: [:], body: "")
                })
            acceptor = new
            return new
        }
    }

    /// Whether a path is the WebSocket's: `/STAGE`, with or without a slash at its end.
    public func isWebSocketPath(_ path: String) -> Bool {
        let stage = self.definition.stage == "$default" ? "" : "/\(self.definition.stage)"
        return path == stage || path == stage + "/"
    }

    /// Answers a call of `@connections`.
    ///
    /// - Parameter request: `authority` or the `Host` field is the host that the caller signed.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> (response: HTTPResponse, body: [UInt8]) {
        let target = request.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let call = AWSHTTPRequest(
            method: request.method, scheme: request.scheme ?? "https",
            host: request.authority ?? request.headerFields[HTTPField.Name("Host")!] ?? "", path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "", headers: request.headerFields, body: body)
        let answer = await self.management.respond(to: call, at: self.now(), now: .now())
        return (HTTPResponse(status: answer.status, headerFields: answer.headers), answer.body)
    }

    // MARK: Going down

    /// Lets nobody in any more, closes every connection (1001), and returns when all have ended, or have had the server's `drainTimeout`
    /// for it, and `$disconnect` has been told of each.
    public func shutDown() async {
        let acceptor = self.acceptor
        self.life.beginShutDown()
        acceptor.quiesce()
        let timeout = Task {
            try await Task.sleep(for: self.configuration.server.drainTimeout)
            acceptor.cut()
        }
        await self.life.waitUntilIdle()
        timeout.cancel()
    }

    // MARK: Logging

    var logsAccess: Bool { self.accessLog != nil && self.accessLogFormat != nil }

    func logAccess(_ record: @autoclosure () -> AccessLogRecord) {
        guard let accessLog, let accessLogFormat else { return }
        accessLog(accessLogFormat.line(record()))
    }

    func functionFailed(_ function: String, failure: String) {
        self.logger.error("a function failed", metadata: ["gateway.function": "\(function)", "gateway.error": "\(failure)"])
    }
}

/// Why an API cannot be served as it is defined.
public struct WebSocketAPIError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
