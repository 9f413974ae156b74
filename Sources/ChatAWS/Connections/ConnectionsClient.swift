public import AWSClient
public import ChatProtocol
import FoundationEssentials
import HTTPTypes
public import Logging

/// API Gateway's management of WebSocket connections: sends to one, asks about it, ends it.
///
/// Throttled requests and failures of the service are tried again, with growing waits. A post whose answer was lost is sent again too, so
/// that a client may get it twice; a chat's messages have numbers, by which it tells.
///
/// Source: Amazon API Gateway Developer Guide, "Use @connections commands in your backend service".
public struct ConnectionsClient: Sendable {
    /// What API Gateway knows of a connection.
    public struct Connection: Sendable, Hashable {
        public var connectedAt: Timestamp?
        /// When the client last sent or got something.
        public var lastActiveAt: Timestamp?
        public var sourceIp: String?
        public var userAgent: String?
    }

    /// The most bytes of one post.
    public static let maximumPayloadBytes = 128 << 10

    private let aws: AWSClient

    /// - Parameter aws: signs for `execute-api`; its endpoint ends with the stage, as `https://ID.execute-api.REGION.amazonaws.com/prod`.
    public init(_ aws: AWSClient) {
        self.aws = aws
    }

    public init(
        region: String, endpoint: AWSEndpoint, credentials: any AWSCredentialProvider, http: any AWSHTTPClient = AsyncAWSHTTPClient(),
        logger: Logger
    ) {
        var configuration = AWSClient.Configuration()
        // A POST that hangs, and a client that does not read (429), are one recipient's trouble; the room does not wait for it.
        configuration.attemptTimeout = .seconds(3)
        configuration.retry.maximumAttempts = 2
        configuration.retry.throttlingDelay = .milliseconds(100)
        // 429 says as much of the client as of the account: it takes nothing from the retries of the others.
        configuration.retry.throttlingCost = 0
        self.init(
            AWSClient(
                service: "execute-api", region: region, endpoint: endpoint, credentials: credentials, http: http,
                configuration: configuration, logger: logger))
    }

    /// Sends a text message.
    ///
    /// - Throws: ``ConnectionsError``, or `CancellationError`.
    public func post(_ payload: [UInt8], to connectionId: String) async throws {
        guard payload.count <= Self.maximumPayloadBytes else {
            throw ConnectionsError(.payloadTooLarge, "The message has more than \(Self.maximumPayloadBytes) bytes.")
        }
        _ = try await self.send(.post, connectionId, payload)
    }

    /// - Throws: ``ConnectionsError``, or `CancellationError`.
    public func connection(_ connectionId: String) async throws -> Connection {
        struct Answer: Decodable {
            struct Identity: Decodable { var sourceIp, userAgent: String? }
            var connectedAt, lastActiveAt: String?
            var identity: Identity?
        }
        let body = try await self.send(.get, connectionId, [])
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {
            throw ConnectionsError(.unavailable, "The answer cannot be read.")
        }
        return Connection(
            connectedAt: answer.connectedAt.flatMap { Timestamp($0) }, lastActiveAt: answer.lastActiveAt.flatMap { Timestamp($0) },
            sourceIp: answer.identity?.sourceIp, userAgent: answer.identity?.userAgent)
    }

    /// Ends a connection. The client sees close code 1000: API Gateway has no way to say another.
    ///
    /// - Throws: ``ConnectionsError``, or `CancellationError`.
    public func delete(_ connectionId: String) async throws {
        _ = try await self.send(.delete, connectionId, [])
    }

    private func send(_ method: HTTPRequest.Method, _ connectionId: String, _ body: [UInt8]) async throws -> [UInt8] {
        guard !connectionId.isEmpty else { throw ConnectionsError(.badRequest, "The connection has no id.") }
        do {
            // `@` as it is and `=` encoded, as AWS's own SDKs send it.
            let path = "/@connections/\(AWSOperation.percentEncode(connectionId))"
            return try await self.aws.send(AWSOperation(method: method, path: path, body: body, isIdempotent: true)).body
        } catch let error as AWSError {
            let code = error.status.map { ConnectionsError.code(status: $0.code) } ?? .unavailable
            throw ConnectionsError(code, "\(error.code)", status: error.status?.code, underlying: error)
        }
    }
}
