public import ChatAuth
public import HTTPTypes

/// The HTTP side of a chat: user pool, keys, health, metrics. A function from request to response, tied to no framework.
///
/// | request | answer |
/// |---|---|
/// | `POST /` | the user pool, see `UserPoolEndpoint` |
/// | `GET /POOL/.well-known/jwks.json` | the pool's public keys |
/// | `GET /healthz` | 200 while clients are let in, 503 once the server goes down |
/// | `GET /metrics` | Prometheus's text format |
public struct ChatEndpoints: Sendable {
    /// The longest body that is read, in bytes. Answer longer ones with 413.
    public static let maximumBodyBytes = UserPoolEndpoint.maximumBodyBytes

    private let gateway: ChatGateway
    private let userPool: UserPool?
    private let metrics: PrometheusMetrics?

    /// - Parameters:
    ///   - userPool: nil where users come from elsewhere: then its endpoints are not there.
    ///   - metrics: nil where metrics go elsewhere.
    public init(gateway: ChatGateway, userPool: UserPool? = nil, metrics: PrometheusMetrics? = nil) {
        self.gateway = gateway
        self.userPool = userPool
        self.metrics = metrics
    }

    /// The paths that ``respond(to:body:)`` answers, for a router.
    public var routes: [(method: HTTPRequest.Method, path: String)] {
        var routes: [(method: HTTPRequest.Method, path: String)] = [(.get, "/healthz")]
        if let userPool { routes += [(.post, "/"), (.get, Self.keysPath(userPool))] }
        if self.metrics != nil { routes.append((.get, "/metrics")) }
        return routes
    }

    /// - Returns: nil if it is none of ``routes``.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> (response: HTTPResponse, body: [UInt8])? {
        let path = request.path.map { String($0.prefix { $0 != "?" }) } ?? "/"
        switch (request.method, path) {
        case (.get, "/healthz"):
            let status: HTTPResponse.Status = self.gateway.isAccepting ? .ok : .serviceUnavailable
            return Self.answer(status, type: "text/plain; charset=utf-8", body: status == .ok ? "ok\n" : "going down\n")
        case (.get, "/metrics"):
            return self.metrics.map { Self.answer(.ok, type: PrometheusMetrics.contentType, body: $0.text()) }
        case (.post, "/"):
            guard let userPool else { return nil }
            return await UserPoolEndpoint(pool: userPool).respond(to: request, body: body)
        default:
            guard let userPool, request.method == .get, path == Self.keysPath(userPool) else { return nil }
            var answer = Self.answer(.ok, type: "application/json", body: "")
            answer.response.headerFields[.cacheControl] = "public, max-age=3600"
            answer.body = Array(userPool.keySet.encoded())
            return answer
        }
    }

    private static func keysPath(_ userPool: UserPool) -> String {
        "/\(userPool.configuration.poolId)/.well-known/jwks.json"
    }

    private static func answer(_ status: HTTPResponse.Status, type: String, body: String) -> (response: HTTPResponse, body: [UInt8]) {
        var fields = HTTPFields()
        fields[.contentType] = type
        fields[.cacheControl] = "no-store"
        return (HTTPResponse(status: status, headerFields: fields), Array(body.utf8))
    }
}
