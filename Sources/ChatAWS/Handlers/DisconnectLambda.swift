public import AWSLambda
import ChatService

/// `$disconnect`: forgets the connection. API Gateway does its best to say so and promises nothing; connections expire for that reason.
public struct DisconnectLambda: TypedLambdaHandler {
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

    /// - Throws: what the store threw.
    public func handle(_ event: APIGatewayWebSocketEvent, context: LambdaContext) async throws -> APIGatewayProxyResponse {
        let metrics = self.environment.metrics("DisconnectHandler")
        defer { metrics.flush(requestId: context.requestId) }
        guard event.requestContext.eventType == .disconnect else { return APIGatewayProxyResponse(statusCode: 400) }
        do {
            try await self.service.disconnect(id: event.requestContext.connectionId)
        } catch {
            metrics.count("Errors")
            throw error
        }
        metrics.count("ConnectionsClosed")
        return APIGatewayProxyResponse(statusCode: 200)
    }
}
