public import AWSLambda
import ChatProtocol
public import ChatService
import Logging

/// The `REQUEST` authorizer of `$connect`: lets in whoever has a token of the user pool.
///
/// The token comes in `Authorization`, in a subprotocol `bearer.TOKEN`, or in the query, as ``ConnectRequest`` reads it. Without a good
/// one the client's handshake is answered with 401, as ReferenceServer answers it; if the pool's keys cannot be had, with 500, where
/// ReferenceServer says 503, which an authorizer cannot.
///
/// The API must name no identity source that a client may leave out: API Gateway would refuse it without asking.
public struct ConnectAuthorizerLambda: TypedLambdaHandler {
    private let authorizer: any ConnectionAuthorizer
    private let environment: ChatLambdaEnvironment

    /// - Throws: ``ChatLambdaEnvironment/InvalidVariable``, ``AWSError`` with `invalidConfiguration`.
    public init(_ environment: ChatLambdaEnvironment) throws {
        self.init(environment, authorizer: TokenAuthorizer(try environment.tokenVerifier()))
    }

    /// For users that are not in a user pool.
    public init(_ environment: ChatLambdaEnvironment, authorizer: any ConnectionAuthorizer) {
        self.environment = environment
        self.authorizer = authorizer
    }

    public func handle(_ event: APIGatewayAuthorizerRequest, context: LambdaContext) async throws -> APIGatewayAuthorizerResponse {
        let metrics = self.environment.metrics("ConnectAuthorizer")
        defer { metrics.flush(requestId: context.requestId) }
        let request = ConnectRequest(header: event.header, query: event.queryStringParameters)
        do throws(ConnectRejection) {
            let user = try await self.authorizer.authorize(request)
            metrics.count("ConnectionsAuthorized")
            return .allow(principalId: user.sender.id, methodARN: event.methodArn, context: AuthorizedUser.context(user))
        } catch {
            // Whoever is told neither yes nor no has not been rejected.
            let isRejected = error.status == 401 || error.status == 403
            metrics.count(isRejected ? "ConnectionsRejected" : "Errors")
            context.logger.debug("A client was not let in.", metadata: ["chat.reason": "\(error.reason)"])
            if error.status == 401 { throw LambdaFunctionError.unauthorized }
            if error.status == 403 { return .deny(principalId: "anonymous", methodARN: event.methodArn) }
            throw LambdaFunctionError(type: "Unavailable", message: "It cannot be decided now: \(error.reason).")
        }
    }
}
