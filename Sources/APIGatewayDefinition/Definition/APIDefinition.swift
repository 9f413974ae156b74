/// The WebSocket API that a gateway serves: what API Gateway keeps of one API with one stage, and the functions behind it.
///
/// It comes from a configuration file (``init(configuration:baseDirectory:)``, `docs/GATEWAY.md`), from a CloudFormation template
/// (``init(template:options:)``), or from code. Whoever makes it in code calls ``validate()`` before it is served.
public struct APIDefinition: Sendable, Equatable {
    /// Where the gateway listens, and whether by TLS.
    public var listener = ListenerDefinition()

    /// The API's id, as `requestContext.apiId` and ARNs have it: 1 to 64 of `a-z`, `0-9`, `-`. Default `local00000`, as long as AWS's.
    public var apiId = "local00000"

    /// The stage's name, the first part of every path: 1 to 128 of `A-Z a-z 0-9 _ -`, or `$default`. Default `dev`.
    public var stage = "dev"

    /// The region in ARNs and in the scope of signatures. Default `us-east-1`.
    public var region = "us-east-1"

    /// The account in ARNs: 12 digits. Default `000000000000`.
    public var accountId = "000000000000"

    /// `requestContext.domainName`, from which handlers build their `@connections` URL: a host, with a port if it is not 443.
    /// `nil`, the default, leaves it to whoever serves the API, and knows where it listens. A client's `Host` is never taken: it could send
    /// handlers elsewhere.
    public var domainName: String?

    /// What picks a message's route. Default `$request.body.action`.
    public var routeSelectionExpression = "$request.body.action"

    /// `stageVariables` of the authorizer's event. Default none.
    public var stageVariables: [String: String] = [:]

    /// The routes by route key: `$connect`, `$disconnect`, `$default`, or any key that does not start with `$`.
    public var routes: [String: RouteDefinition] = [:]

    /// What is asked before `$connect`, where that route requires it. Default nothing.
    public var authorizer: AuthorizerDefinition?

    /// The functions by name. The name is what events, ARNs and logs say.
    public var functions: [String: FunctionDefinition] = [:]

    /// Who may call `@connections`, and what for. With none, nobody may.
    public var accessKeys: [AccessKeyDefinition] = []

    /// What clients and functions may cost. Default: API Gateway's quotas.
    public var quotas = QuotaDefinition()

    /// One line an event, with `$context.…` variables: at most 3,072 bytes, as API Gateway allows. `nil`, the default, writes none.
    public var accessLogFormat: String?

    public init() {}

    /// The ARN that a policy's resource is matched with, up to the stage: `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE`.
    public var stageARN: String { "arn:\(self.partition):execute-api:\(self.region):\(self.accountId):\(self.apiId)/\(self.stage)" }

    /// A function's ARN: what the runtime is told that it was invoked as.
    public func functionARN(_ name: String) -> String {
        "arn:\(self.partition):lambda:\(self.region):\(self.accountId):function:\(name)"
    }

    private var partition: String { AWSPartition.name(of: self.region) }
}
