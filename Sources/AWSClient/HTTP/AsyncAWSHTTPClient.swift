public import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Sends requests with AsyncHTTPClient, over HTTP/1.1 with keep-alive, and follows no redirect: a signature is for one host.
public struct AsyncAWSHTTPClient: AWSHTTPClient {
    private let client: Result<HTTPClient, AWSError>

    /// With a client that the process shares. Its trust in certificates is the system's, or `AWS_CA_BUNDLE`'s if that is set when the
    /// first one is made; with a bundle that cannot be read, every request fails with `invalidConfiguration`.
    public init() {
        self.client = SharedHTTPClient.result
    }

    /// - Parameter client: one of your own, from ``AsyncHTTPClient/HTTPClient/Configuration/aws(caBundle:)``. You shut it down.
    public init(client: HTTPClient) {
        self.client = .success(client)
    }

    public func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) async throws -> AWSHTTPResponse {
        let client = try self.client.get()
        let outgoing = try Self.outgoing(request)
        let nanoseconds = timeout / .nanoseconds(1)
        let deadline = NIODeadline.now() + .nanoseconds(Int64(min(max(nanoseconds, 0), 1e17)))
        do {
            return try await Self.withTimeout(timeout) {
                let response = try await client.execute(outgoing, deadline: deadline)
                let body = try await response.body.collect(upTo: maximumResponseBytes)
                return AWSHTTPResponse(
                    status: HTTPResponse.Status(code: Int(response.status.code)), headers: Self.fields(response.headers),
                    body: Array(body.readableBytesView))
            }
        } catch {
            try Task.checkCancellation()
            throw Self.awsError(error)
        }
    }

    private static func outgoing(_ request: AWSHTTPRequest) throws(AWSError) -> HTTPClientRequest {
        let path = request.path.isEmpty ? "/" : request.path
        guard path.hasPrefix("/"), URLBytes.areValid(path, also: "/"), URLBytes.areValid(request.query, also: "/?") else {
            throw AWSError(.invalidRequest, "the path or the query is not percent-encoded")
        }
        let endpoint = try AWSEndpoint.parse("\(request.scheme)://\(request.host)", source: "the host of the request")
        let query = request.query.isEmpty ? "" : "?\(request.query)"
        var outgoing = HTTPClientRequest(url: "\(endpoint.scheme)://\(endpoint.host)\(path)\(query)")
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers.add(name: "Host", value: request.host)
        for field in request.headers where field.name.canonicalName != "host" {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        return outgoing
    }

    private static func fields(_ headers: HTTPHeaders) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }

    /// AsyncHTTPClient's own deadline ends with the head of the answer; this one covers the body too, which may come in drops.
    private static func withTimeout<Value: Sendable>(
        _ timeout: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: timeout)
                throw AWSError(.timedOut, "no answer within \(timeout)")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
