public import AWSClient
public import AWSLambda
public import ChatAuth
import ChatProtocol
import Logging

/// What the functions of the chat are told by their environment.
///
/// | variable | what it is | who needs it |
/// | --- | --- | --- |
/// | `CONNECTIONS_TABLE`, `MESSAGES_TABLE` | names of tables | connect, disconnect and message need the first, message both |
/// | `USER_POOL_ID`, `USER_POOL_CLIENT_ID` | whose tokens are good; several clients with commas between | the authorizer |
/// | `USER_POOL_ISSUER` | the `iss` of the tokens, if it is not Cognito's own for that pool | |
/// | `METRICS_NAMESPACE` | where CloudWatch files the metrics. Default `Chat` | |
/// | `FAN_OUT_CONCURRENCY` | posts under way at once, 1 to 1000. Default 64 | |
/// | `LOG_LEVEL` | `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`. Default: Lambda's own setting | |
/// | `AWS_REGION` | set by Lambda | all |
/// | `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER` | a local AWS | |
/// | `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` | where `@connections` is, with the stage. Default: the host that the client connected to | |
public struct ChatLambdaEnvironment: Sendable {
    /// What a function needs to know and was not told, or was told in words that mean nothing.
    public struct InvalidVariable: Error, Sendable, Hashable, CustomStringConvertible {
        public var name: String
        public var problem: String
        public var description: String { "\(self.name) \(self.problem)" }
    }

    let variables: [String: String]
    let region: String
    private let credentials: any AWSCredentialProvider
    private let http: any AWSHTTPClient
    private let exchange: any HTTPExchange
    let output: any LineOutput
    /// The logger of what happens outside of an invocation.
    private let logger: Logger

    /// - Parameters:
    ///   - variables: the process's environment.
    ///   - credentials: who the function is. Default: what Lambda or ECS put into the environment.
    ///   - http: sends requests to DynamoDB and API Gateway. Default: the client that the process shares.
    ///   - exchange: fetches the user pool's keys.
    ///   - output: where metrics go. Default: standard output, which CloudWatch reads.
    /// - Throws: ``AWSError`` with `invalidConfiguration` without a region, ``InvalidVariable``.
    public init(
        _ variables: [String: String], credentials: (any AWSCredentialProvider)? = nil, http: any AWSHTTPClient = AsyncAWSHTTPClient(),
        exchange: any HTTPExchange = AsyncHTTPExchange(), output: any LineOutput = StandardOutput()
    ) throws {
        self.variables = variables
        self.region = try AWSRegion.resolve(environment: variables)
        self.credentials = credentials ?? CredentialChain.standard(environment: variables, http: http)
        self.http = http
        self.exchange = exchange
        self.output = output
        var logger = Logger(label: "chat") { JSONLogHandler(label: $0, environment: variables) }
        if let level = variables["LOG_LEVEL"], !level.isEmpty {
            guard let level = Logger.Level(rawValue: level.lowercased()) else {
                throw InvalidVariable(name: "LOG_LEVEL", problem: "is no level of logging.")
            }
            logger.logLevel = level
        }
        self.logger = logger
    }

    func required(_ name: String) throws(InvalidVariable) -> String {
        guard let value = self.variables[name], !value.isEmpty else { throw InvalidVariable(name: name, problem: "is not set.") }
        return value
    }

    func store(messages: Bool) throws -> DynamoDBStore {
        let tables = DynamoDBStore.Tables(
            connections: try self.required("CONNECTIONS_TABLE"), messages: messages ? try self.required("MESSAGES_TABLE") : nil)
        let client = try DynamoDBClient(
            region: self.region, environment: self.variables, credentials: self.credentials, http: self.http, logger: self.logger)
        return DynamoDBStore(client: client, tables: tables)
    }

    /// Verifies the access tokens of the pool, with keys that are fetched when they are first needed and then kept.
    func tokenVerifier() throws -> TokenVerifier {
        let pool = try self.required("USER_POOL_ID")
        let clients = try self.required("USER_POOL_CLIENT_ID").split(separator: ",").map(String.init)
        let cognito = try AWSEndpoint.resolve(service: "Cognito Identity Provider", region: self.region, environment: self.variables)
        // The issuer is a name: with a local Cognito it is still AWS's.
        let own = try AWSEndpoint.resolve(service: "Cognito Identity Provider", region: self.region, environment: [:])
        let issuer = self.variables["USER_POOL_ISSUER"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(own.scheme)://\(own.host)/\(pool)"
        let keys = "\(cognito.scheme)://\(cognito.host)\(cognito.pathPrefix)/\(pool)/.well-known/jwks.json"
        return TokenVerifier(
            configuration: TokenVerifier.Configuration(issuer: issuer, clientIds: Set(clients)),
            keys: RemoteTokenKeys(url: keys, exchange: self.exchange))
    }

    /// Makes clients for `@connections`, one for each API that events come from.
    func connections() throws -> ConnectionsClients {
        let variable = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
        let override = try self.variables[variable].flatMap { $0.isEmpty ? nil : try AWSEndpoint(url: $0) }
        let isIgnored = self.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
        return ConnectionsClients(override: isIgnored ? nil : override) { [self] endpoint in
            ConnectionsClient(region: self.region, endpoint: endpoint, credentials: self.credentials, http: self.http, logger: self.logger)
        }
    }

    func fanOut() throws -> APIGatewayConnectionsPort.Configuration {
        var configuration = APIGatewayConnectionsPort.Configuration()
        if let text = self.variables["FAN_OUT_CONCURRENCY"], !text.isEmpty {
            guard let concurrency = Int(text), 1...1000 ~= concurrency else {
                throw InvalidVariable(name: "FAN_OUT_CONCURRENCY", problem: "is no number from 1 to 1000.")
            }
            configuration.maximumConcurrency = concurrency
        }
        return configuration
    }

    /// Metrics of one invocation.
    func metrics(_ function: String) -> MetricsLog {
        let namespace = self.variables["METRICS_NAMESPACE"].flatMap { $0.isEmpty ? nil : $0 } ?? "Chat"
        return MetricsLog(namespace: namespace, dimensions: [("Function", function)], output: self.output)
    }
}
