public import AWSLambda
import ChatProtocol
import ChatService
import Logging

/// `$connect`: keeps the connection, in the default room, and selects the chat's subprotocol if the client offers it.
///
/// It sends nothing: API Gateway has no connection before this has returned.
public struct ConnectLambda: TypedLambdaHandler {
    private let service: ChatService
    private let environment: ChatLambdaEnvironment

    /// - Throws: ``ChatLambdaEnvironment/InvalidVariable``, ``AWSError`` with `invalidConfiguration`.
    public init(_ environment: ChatLambdaEnvironment) throws {
        let store = try environment.store(messages: false)
        self.init(environment, service: .init(rules: ChatRules(), messages: store, connections: store, port: SilentConnectionsPort()))
    }

    init(_ environment: ChatLambdaEnvironment, service: ChatService) {
        self.environment = environment
        self.service = service
    }

    /// - Throws: what the store threw; the client's handshake is then answered with 502.
    public func handle(_ event: APIGatewayWebSocketEvent, context: LambdaContext) async throws -> APIGatewayProxyResponse {
        let metrics = self.environment.metrics("ConnectHandler")
        defer { metrics.flush(requestId: context.requestId) }
        // A local API Gateway may hand on what a client has sent with the action `$connect`.
        guard event.requestContext.eventType == .connect else { return APIGatewayProxyResponse(statusCode: 400) }
        guard let user = AuthorizedUser.user(event.requestContext.authorizer) else {
            // Without an authorizer anybody could come in under any name.
            metrics.count("Errors")
            context.logger.error("There is no authorizer at $connect that says who this is.")
            return APIGatewayProxyResponse(statusCode: 401)
        }
        do {
            try await self.service.connect(id: event.requestContext.connectionId, user: user)
        } catch {
            metrics.count("Errors")
            throw error
        }
        metrics.count("ConnectionsOpened")
        let request = ConnectRequest(header: event.header, query: nil)
        return APIGatewayProxyResponse(
            statusCode: 200, headers: request.selectedSubprotocol.map { ["Sec-WebSocket-Protocol": $0] })
    }
}
