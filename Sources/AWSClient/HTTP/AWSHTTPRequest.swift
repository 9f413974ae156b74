public import HTTPTypes

/// An HTTP request to an AWS service, in the form in which it goes out and is signed.
public struct AWSHTTPRequest: Sendable {
    public var method: HTTPRequest.Method
    /// `https` or `http`.
    public var scheme: String
    /// The value of the `Host` header: the port stands in it if it is not the scheme's own, as in `localhost:8443`.
    public var host: String
    /// Percent-encoded as it is sent; an empty one means `/`.
    public var path: String
    /// Percent-encoded as it is sent, without `?`; empty if there is none.
    public var query: String
    /// Without `Host`: ``host`` has it, and a `Host` field that stands here all the same is neither signed nor sent.
    public var headers: HTTPFields
    public var body: [UInt8]

    public init(
        method: HTTPRequest.Method = .post, scheme: String = "https", host: String, path: String = "/", query: String = "",
        headers: HTTPFields = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.scheme = scheme
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
