/// What API Gateway asks a `REQUEST` authorizer before `$connect`.
public struct APIGatewayAuthorizerRequest: Codable, Sendable, Equatable {
    /// Always `REQUEST`, the one kind of Lambda authorizer that a WebSocket API has.
    public var type: String
    /// What the client wants to invoke: `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/$connect`.
    public var methodArn: String
    /// The upgrade's headers, `Connection` and `Upgrade` among them.
    public var headers: [String: String]?
    public var multiValueHeaders: [String: [String]]?
    public var queryStringParameters: [String: String]?
    public var multiValueQueryStringParameters: [String: [String]]?
    public var stageVariables: [String: String]?
    /// As on `$connect`.
    public var requestContext: APIGatewayRequestContext

    public init(
        type: String = "REQUEST", methodArn: String, headers: [String: String]? = nil, multiValueHeaders: [String: [String]]? = nil,
        queryStringParameters: [String: String]? = nil, multiValueQueryStringParameters: [String: [String]]? = nil,
        stageVariables: [String: String]? = nil, requestContext: APIGatewayRequestContext
    ) {
        self.type = type
        self.methodArn = methodArn
        self.headers = headers
        self.multiValueHeaders = multiValueHeaders
        self.queryStringParameters = queryStringParameters
        self.multiValueQueryStringParameters = multiValueQueryStringParameters
        self.stageVariables = stageVariables
        self.requestContext = requestContext
    }

    /// The header's value, whatever its name's casing; `nil` if there is none.
    public func header(_ name: String) -> String? { self.headers?.value(ofHeader: name) }
}

/// What an authorizer answers. API Gateway takes at most 8 KB of it.
///
/// To refuse without a policy, throw ``LambdaFunctionError/unauthorized``: the client's upgrade then gets 401 instead of 403.
public struct APIGatewayAuthorizerResponse: Codable, Sendable, Equatable {
    /// Who it is; a token's subject.
    public var principalId: String
    /// Whether the client may connect.
    public var policyDocument: IAMPolicyDocument
    /// What every event of the connection shall carry, in `requestContext.authorizer`.
    public var context: [String: APIGatewayContextValue]?
    /// The API key that a usage plan counts.
    public var usageIdentifierKey: String?

    public init(
        principalId: String, policyDocument: IAMPolicyDocument, context: [String: APIGatewayContextValue]? = nil,
        usageIdentifierKey: String? = nil
    ) {
        self.principalId = principalId
        self.policyDocument = policyDocument
        self.context = context
        self.usageIdentifierKey = usageIdentifierKey
    }

    /// Lets the client invoke what it asked for.
    public static func allow(
        principalId: String, methodARN: String, context: [String: APIGatewayContextValue]? = nil
    ) -> Self {
        Self(principalId: principalId, policyDocument: .invoke(.allow, methodARN), context: context)
    }

    /// Refuses the client: its upgrade gets 403.
    public static func deny(principalId: String, methodARN: String) -> Self {
        Self(principalId: principalId, policyDocument: .invoke(.deny, methodARN))
    }
}
