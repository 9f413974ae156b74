public import Logging

/// What Lambda says about one invocation, from the headers of the Runtime API's `next`.
public struct LambdaContext: Sendable {
    /// Lambda's id of the invocation, the same on every attempt of an asynchronous one.
    public var requestId: String
    /// The function's ARN, with the alias or the version that the caller named.
    public var invokedFunctionARN: String
    /// When Lambda ends the process if the invocation still runs, in milliseconds since the epoch.
    public var deadline: Int64
    /// The X-Ray trace header, as `Root=1-…;Parent=…;Sampled=1`.
    public var traceId: String?
    /// What a mobile SDK says about itself: JSON.
    public var clientContext: String?
    /// Who called through a Cognito identity pool: JSON.
    public var cognitoIdentity: String?
    /// The tenant, for a function with tenant isolation.
    public var tenantId: String?
    /// Logs with the request id as metadata (`requestId`).
    public var logger: Logger

    public init(
        requestId: String, invokedFunctionARN: String, deadline: Int64, traceId: String? = nil, clientContext: String? = nil,
        cognitoIdentity: String? = nil, tenantId: String? = nil, logger: Logger
    ) {
        self.requestId = requestId
        self.invokedFunctionARN = invokedFunctionARN
        self.deadline = deadline
        self.traceId = traceId
        self.clientContext = clientContext
        self.cognitoIdentity = cognitoIdentity
        self.tenantId = tenantId
        self.logger = logger
    }

    /// How long the invocation may still take; zero when its time is over.
    public var remainingTime: Duration {
        .milliseconds(max(0, self.deadline - WallClock.milliseconds()))
    }
}
