import AWSClient
import AWSLambda
import ChatAuth
import Testing

@testable import ChatAWS

struct ChatLambdaEnvironmentTests {
    enum Function: CaseIterable, Sendable {
        case connect, disconnect, message, authorizer

        func make(_ environment: ChatLambdaEnvironment) throws {
            switch self {
            case .connect: _ = try ConnectLambda(environment)
            case .disconnect: _ = try DisconnectLambda(environment)
            case .message: _ = try MessageLambda(environment)
            case .authorizer: _ = try ConnectAuthorizerLambda(environment)
            }
        }
    }

    @Test(arguments: [
        ("CONNECTIONS_TABLE", Function.connect), ("CONNECTIONS_TABLE", .disconnect), ("CONNECTIONS_TABLE", .message),
        ("MESSAGES_TABLE", .message), ("USER_POOL_ID", .authorizer), ("USER_POOL_CLIENT_ID", .authorizer),
    ])
    func whatIsMissingIsNamed(_ name: String, _ function: Function) throws {
        let error = #expect(throws: ChatLambdaEnvironment.InvalidVariable.self) { try function.make(try .sample([name: ""])) }
        #expect(error?.description == "\(name) is not set.")
        try function.make(try .sample())
    }

    @Test(arguments: [
        ["FAN_OUT_CONCURRENCY": "0"], ["FAN_OUT_CONCURRENCY": "many"], ["FAN_OUT_CONCURRENCY": "1001"], ["LOG_LEVEL": "loud"],
    ])
    func whatMeansNothingIsRefused(_ changes: [String: String]) throws {
        let error = #expect(throws: ChatLambdaEnvironment.InvalidVariable.self) { _ = try MessageLambda(try .sample(changes)) }
        #expect(error?.name == changes.keys.first)
    }

    @Test(arguments: ["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "AWS_ENDPOINT_URL_DYNAMODB"])
    func anEndpointThatIsNoURLIsRefused(_ name: String) throws {
        let error = #expect(throws: AWSError.self) { _ = try MessageLambda(try .sample([name: "localhost"])) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func aRegionIsNeeded() throws {
        #expect(throws: AWSError.self) { _ = try ChatLambdaEnvironment.sample(["AWS_REGION": ""]) }
    }

    @Test func connectDoesNotNeedTheMessages() throws {
        #expect(try ChatLambdaEnvironment.sample().store(messages: false).tables.messages == nil)
        #expect(try ChatLambdaEnvironment.sample().store(messages: true).tables.messages == "Messages")
    }

    @Test func tokensAreThoseOfThePool() throws {
        let configuration = try ChatLambdaEnvironment.sample(["AWS_ENDPOINT_URL": "http://127.0.0.1:4566"]).tokenVerifier().configuration
        #expect(configuration.issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc")
        #expect(configuration.clientIds == ["client1", "client2"])
        let other = try ChatLambdaEnvironment.sample(["USER_POOL_ISSUER": "http://pool.local"]).tokenVerifier().configuration
        #expect(other.issuer == "http://pool.local")
    }

    @Test func connectionsAreWhereTheClientIs() throws {
        let context = LambdaEvents.context(.message, route: "$default")
        let endpoint = try ConnectionsClients.endpoint(for: context)
        #expect(endpoint == AWSEndpoint(host: "abc123.execute-api.eu-central-1.amazonaws.com", pathPrefix: "/prod"))
        var local = context
        local.domainName = "localhost:8443"
        #expect(try ConnectionsClients.endpoint(for: local).host == "localhost:8443")
        local.domainName = "evil/\u{0}"
        #expect(throws: AWSError.self) { try ConnectionsClients.endpoint(for: local) }
    }
}
