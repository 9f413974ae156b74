public import HTTPTypes

/// One HTTP request and its answer: all that this module asks of an HTTP client, so that an embedder may bring their own.
public protocol HTTPExchange: Sendable {
    /// - Throws: whatever kept the answer from arriving whole, in time and within bounds.
    func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse
}

/// A request.
public struct HTTPExchangeRequest: Sendable {
    public var method: HTTPRequest.Method
    public var url: String
    public var headers: HTTPFields
    public var body: [UInt8]
    /// For the whole exchange.
    public var timeout: Duration
    /// The longest answer, in bytes. Default 1 MiB.
    public var maximumResponseBytes = 1 << 20

    public init(method: HTTPRequest.Method, url: String, headers: HTTPFields = [:], body: [UInt8] = [], timeout: Duration = .seconds(15)) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// An answer.
public struct HTTPExchangeResponse: Sendable {
    public var status: HTTPResponse.Status
    public var body: [UInt8]

    public init(status: HTTPResponse.Status, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
