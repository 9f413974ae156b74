/// What a route does: the proxy integration with a function.
public struct RouteDefinition: Sendable, Equatable {
    /// The function that is invoked, a key of ``APIDefinition/functions``.
    public var function: String

    /// Whether the `body` that the function returns goes back to the sender. Default `false`: nothing is sent back, as on AWS without a
    /// route response. It means nothing on `$connect` and `$disconnect`.
    public var hasRouteResponse: Bool

    /// Whether the authorizer is asked first. Only `$connect` may require it. Default `false`.
    public var requiresAuthorizer: Bool

    /// How long the function may take, whatever its own timeout: 50 ms to 29 s. Default 29 s, as API Gateway's. After it the sender gets
    /// `Endpoint request timed out`. ``QuotaDefinition/integrationTimeout`` caps it.
    public var integrationTimeout: Duration

    public init(
        function: String, hasRouteResponse: Bool = false, requiresAuthorizer: Bool = false, integrationTimeout: Duration = .seconds(29)
    ) {
        self.function = function
        self.hasRouteResponse = hasRouteResponse
        self.requiresAuthorizer = requiresAuthorizer
        self.integrationTimeout = integrationTimeout
    }
}

/// A REQUEST authorizer: the function that is asked before `$connect`. WebSocket APIs have no other kind that runs code.
public struct AuthorizerDefinition: Sendable, Equatable {
    /// The function that is invoked, a key of ``APIDefinition/functions``.
    public var function: String

    /// What a request must bring, or it is refused with 401 and the function is not asked: `route.request.querystring.NAME`,
    /// `route.request.header.NAME`, `context.NAME`, `stageVariables.NAME`. Default none.
    public var identitySources: [String]

    public init(function: String, identitySources: [String] = []) {
        self.function = function
        self.identitySources = identitySources
    }
}
