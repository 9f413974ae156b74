public import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Sends requests with AsyncHTTPClient.
public struct AsyncHTTPExchange: HTTPExchange {
    private let client: HTTPClient

    /// - Parameter client: default: the one that the process shares. One of your own brings TLS roots or a proxy.
    public init(client: HTTPClient = .shared) {
        self.client = client
    }

    public func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        let (seconds, attoseconds) = request.timeout.components
        let timeout = TimeAmount.seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        let response = try await self.client.execute(outgoing, timeout: timeout)
        let body = try await response.body.collect(upTo: request.maximumResponseBytes)
        return HTTPExchangeResponse(
            status: HTTPResponse.Status(code: Int(response.status.code)), body: Array(body.readableBytesView))
    }
}
