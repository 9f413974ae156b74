import APIGatewayDefinition
import ChatProtocol

@testable import APIGateway

extension ConnectionFacts {
    static func sample(authorizer: AuthorizerContext? = nil, userAgent: String? = nil) -> ConnectionFacts {
        ConnectionFacts(
            connectionId: "PJqB0fHsqRcCHlw=", connectedAt: Timestamp(millisecondsSinceEpoch: 1_701_245_041_796), sourceIp: "123.45.123.45",
            userAgent: userAgent, domainName: "aabbccdd.execute-api.eu-west-1.amazonaws.com", stage: "production", apiId: "aabbccdd",
            authorizer: authorizer)
    }
}

extension APIDefinition {
    /// One function a route.
    static func sample(routes: [String: RouteDefinition] = [:]) -> APIDefinition {
        var definition = APIDefinition()
        definition.apiId = "abcde12345"
        definition.stage = "prod"
        definition.domainName = "localhost:8443"
        definition.routes = routes
        definition.accessKeys = [.messageHandler, .connectHandler]
        return definition
    }
}

extension AccessKeyDefinition {
    static let messageHandler = AccessKeyDefinition(
        accessKeyId: "AKIAMESSAGEHANDLER", secretAccessKey: "messageHandlerSecretMessageHandlerSecret",
        policy: PolicyDocument(statements: [
            PolicyStatement(
                .allow, actions: ["execute-api:ManageConnections"],
                resources: ["arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/*/@connections/*"])
        ]))

    static let connectHandler = AccessKeyDefinition(
        accessKeyId: "AKIACONNECTHANDLER", secretAccessKey: "connectHandlerSecretConnectHandlerSecret", policy: .none)
}
