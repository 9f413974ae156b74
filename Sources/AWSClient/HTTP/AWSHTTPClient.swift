/// Carries out one HTTP exchange. ``AsyncAWSHTTPClient`` does it over the network; a test brings its own.
public protocol AWSHTTPClient: Sendable {
    /// Sends `request` as it is, path and query byte for byte, since the signature covers them.
    ///
    /// - Parameters:
    ///   - timeout: for the whole exchange.
    ///   - maximumResponseBytes: a longer body makes the exchange fail. Stops a peer from filling the memory.
    /// - Throws: ``AWSError`` with `unreachable`, `connectionFailed`, `timedOut`, `responseTooLarge`, `invalidRequest` or
    ///   `invalidConfiguration`; `CancellationError` if the task was cancelled. An answer of any status is no error.
    func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) async throws -> AWSHTTPResponse
}
