public import HTTPTypes

/// One call of a service, before endpoint and signature.
public struct AWSOperation: Sendable {
    public var method: HTTPRequest.Method
    /// Percent-encoded; what the endpoint has as its prefix goes in front. Begins with `/`.
    public var path: String
    /// Percent-encoded, without `?`.
    public var query: String
    public var headers: HTTPFields
    public var body: [UInt8]
    /// Whether carrying it out twice is the same as once. Only then is it sent again after a lost connection or a time-out, where
    /// nobody knows whether the service has done it. Default false.
    public var isIdempotent: Bool

    public init(
        method: HTTPRequest.Method = .post, path: String = "/", query: String = "", headers: HTTPFields = [:], body: [UInt8] = [],
        isIdempotent: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.isIdempotent = isIdempotent
    }
}
