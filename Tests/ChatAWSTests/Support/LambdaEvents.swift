import AWSClient
import AWSLambda
import ChatAuth
import Foundation
import HTTPTypes
import Synchronization

@testable import ChatAWS

/// Keeps lines instead of writing them.
final class Lines: LineOutput {
    private let lines = Mutex<[String]>([])
    func write(line: [UInt8]) { self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    var text: String { self.lines.withLock { $0.joined() } }
}

/// An issuer whose keys cannot be had.
struct UnreachableExchange: HTTPExchange {
    func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse { throw CancellationError() }
}

extension ChatLambdaEnvironment {
    static let variables = [
        "AWS_REGION": "eu-central-1", "CONNECTIONS_TABLE": "Connections", "MESSAGES_TABLE": "Messages",
        "USER_POOL_ID": "eu-central-1_abc", "USER_POOL_CLIENT_ID": "client1,client2",
    ]

    static func sample(
        _ changes: [String: String] = [:], http: any AWSHTTPClient = AsyncAWSHTTPClient(), output: Lines = Lines()
    ) throws -> ChatLambdaEnvironment {
        try ChatLambdaEnvironment(
            Self.variables.merging(changes) { $1 },
            credentials: StaticAWSCredentials(AWSCredentials(accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret")), http: http,
            exchange: UnreachableExchange(), output: output)
    }
}

extension LambdaContext {
    static var sample: LambdaContext {
        LambdaContext(requestId: "r-1", invokedFunctionARN: "arn", deadline: .max, logger: .silent)
    }
}

enum LambdaEvents {
    static func context(
        _ type: APIGatewayRequestContext.EventType, route: String, id: String = "c-1=", authorizer: APIGatewayAuthorizerContext? = nil
    ) -> APIGatewayRequestContext {
        APIGatewayRequestContext(
            routeKey: route, eventType: type, stage: "prod", requestId: "q-1", domainName: "abc123.execute-api.eu-central-1.amazonaws.com",
            connectionId: id, apiId: "abc123", authorizer: authorizer)
    }

    static func authorizer(_ name: String = "alice", exp: APIGatewayContextValue = "4000000000") -> APIGatewayAuthorizerContext {
        APIGatewayAuthorizerContext(
            principalId: "sub-\(name)", values: ["sub": .string("sub-\(name)"), "username": .string(name), "exp": exp])
    }

    static func connect(
        _ id: String = "c-1=", headers: [String: String] = [:], authorizer: APIGatewayAuthorizerContext? = Self.authorizer()
    ) -> APIGatewayWebSocketEvent {
        APIGatewayWebSocketEvent(
            headers: headers, requestContext: Self.context(.connect, route: "$connect", id: id, authorizer: authorizer))
    }

    static func message(_ body: String, from id: String = "c-1=", isBase64Encoded: Bool = false) -> APIGatewayWebSocketEvent {
        APIGatewayWebSocketEvent(
            requestContext: Self.context(.message, route: "sendMessage", id: id), body: body, isBase64Encoded: isBase64Encoded)
    }

    static func disconnect(_ id: String = "c-1=") -> APIGatewayWebSocketEvent {
        APIGatewayWebSocketEvent(requestContext: Self.context(.disconnect, route: "$disconnect", id: id))
    }

    static func authorization(headers: [String: String] = [:], query: [String: String]? = nil) -> APIGatewayAuthorizerRequest {
        APIGatewayAuthorizerRequest(
            methodArn: "arn:aws:execute-api:eu-central-1:123456789012:abc123/prod/$connect", headers: headers,
            queryStringParameters: query, requestContext: Self.context(.connect, route: "$connect"))
    }
}
