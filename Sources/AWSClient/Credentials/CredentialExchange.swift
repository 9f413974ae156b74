import HTTPTypes

/// One request for credentials: a few attempts, short time-outs, a small answer, and errors that never repeat what was answered.
struct CredentialExchange {
    var http: any AWSHTTPClient
    var surroundings: AWSClient.Surroundings

    /// An answer has about 3 KiB.
    static let maximumResponseBytes = 256 << 10

    /// - Throws: ``AWSError`` with `credentialsUnavailable` after the third attempt or a refusal; `CancellationError`.
    func send(_ request: AWSHTTPRequest) async throws -> AWSHTTPResponse {
        var retry = AWSRetry(policy: AWSRetryPolicy(), isIdempotent: true)
        var quota = AWSRetryPolicy().quota
        while true {
            do {
                let response = try await self.http.send(request, timeout: .seconds(5), maximumResponseBytes: Self.maximumResponseBytes)
                guard response.status.kind == .successful else { throw AWSError(response) }
                return response
            } catch let error as AWSError {
                let random = self.surroundings.random()
                guard let wait = retry.wait(after: error, clockWasWrong: false, quota: &quota, random: random) else {
                    throw AWSError(
                        .credentialsUnavailable, "the request for credentials failed: \(error.code)", status: error.status,
                        requestId: error.requestId)
                }
                try await self.surroundings.sleep(wait)
            }
        }
    }
}
