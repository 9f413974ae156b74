public import AWSLambda
import ChatProtocol
public import ChatService
import ChatStore
import FoundationEssentials
import Logging

/// `sendMessage` and `$default`: every action of a client.
///
/// The answer goes to the client by `@connections`, as everything does: it works without route responses, and the order is the same as on
/// one's own server. What the function returns is for nobody but API Gateway.
public struct MessageLambda: TypedLambdaHandler {
    private let store: DynamoDBStore
    private let rules: ChatRules
    private let connections: ConnectionsClients
    private let fanOut: APIGatewayConnectionsPort.Configuration
    private let environment: ChatLambdaEnvironment
    /// The clock by which a connection that is gone is old enough to be forgotten.
    var now: @Sendable () -> Timestamp = { .now() }
    /// How long another function may show no sign of life before this one tells the room in its place.
    var turnPatience = ChatService.defaultTurnPatience

    /// API Gateway invokes for each message at once, and the function that is to put the connection into the room may have to start first.
    private static let joinWaits: [Duration] = [50, 100, 200, 400, 800].map { .milliseconds($0) }

    /// - Parameter rules: the same as everywhere, with limits of one's own. A message longer than API Gateway carries does not arrive.
    /// - Throws: ``ChatLambdaEnvironment/InvalidVariable``, ``AWSError`` with `invalidConfiguration`.
    public init(_ environment: ChatLambdaEnvironment, rules: ChatRules = ChatRules()) throws {
        self.environment = environment
        self.rules = rules
        self.store = try environment.store(messages: true)
        self.connections = try environment.connections()
        self.fanOut = try environment.fanOut()
    }

    /// - Returns: 200, or 500 if even the client could not be told that something failed. It throws nothing: API Gateway would then send
    ///   the client a frame of its own, which is none of the chat's.
    public func handle(_ event: APIGatewayWebSocketEvent, context: LambdaContext) async throws -> APIGatewayProxyResponse {
        let metrics = self.environment.metrics("MessageHandler")
        defer { metrics.flush(requestId: context.requestId) }
        let id = event.requestContext.connectionId
        var logger = context.logger
        logger[metadataKey: "chat.connection"] = "\(id)"
        do {
            let port = APIGatewayConnectionsPort(
                client: try self.connections.client(for: event.requestContext), connections: self.store, configuration: self.fanOut,
                logger: logger, now: self.now, report: { metrics.record($0) })
            let service = ChatService(
                rules: self.rules, messages: self.store, connections: self.store, port: port, turns: self.store,
                turnPatience: self.turnPatience, joinWaits: Self.joinWaits)
            try await service.receive(event.payload, from: id)
            metrics.count("MessagesReceived")
            return APIGatewayProxyResponse(statusCode: 200)
        } catch {
            metrics.count("Errors")
            logger.error("An action of a client failed.", metadata: ["chat.reason": "\(error)"])
            return APIGatewayProxyResponse(statusCode: 500)
        }
    }
}

extension MetricsLog {
    /// Adds what became of an event that was sent to a room.
    fileprivate func record(_ fanOut: FanOut) {
        self.count("MessagesDelivered", by: fanOut.delivered)
        self.count("StaleConnectionsRemoved", by: fanOut.gone)
        self.count("DeliveryFailures", by: fanOut.failed)
        self.record("FanOutLatency", fanOut.duration)
    }
}

extension APIGatewayWebSocketEvent {
    /// What the client sent.
    fileprivate var payload: [UInt8] {
        guard let body else { return [] }
        guard self.isBase64Encoded else { return Array(body.utf8) }
        // What is no Base64 is then no JSON either, and the client is told that.
        return Data(base64Encoded: body).map { Array($0) } ?? Array(body.utf8)
    }
}
