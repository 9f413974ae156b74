import AWSClient
import ChatProtocol
import Foundation
import HTTPTypes
import Logging
import Synchronization

@testable import ChatAWS

/// Answers requests as a closure says, and remembers them.
final class ScriptedHTTPClient: AWSHTTPClient {
    private let requests = Mutex<[AWSHTTPRequest]>([])
    private let answer: @Sendable (AWSHTTPRequest, _ index: Int) async throws -> AWSHTTPResponse

    init(_ answer: @escaping @Sendable (AWSHTTPRequest, _ index: Int) async throws -> AWSHTTPResponse) {
        self.answer = answer
    }

    var seen: [AWSHTTPRequest] { self.requests.withLock { $0 } }

    func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) async throws -> AWSHTTPResponse {
        let index = self.requests.withLock {
            $0.append(request)
            return $0.count - 1
        }
        return try await self.answer(request, index)
    }
}

extension AWSHTTPRequest {
    /// The body as JSON.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(self.body))) as? [String: Any] ?? [:] }
}

extension AWSClient {
    /// A client that neither waits nor signs with anything secret.
    static func sample(service: String, http: any AWSHTTPClient, endpoint: AWSEndpoint = AWSEndpoint(host: "aws.example")) -> AWSClient {
        AWSClient(
            service: service, region: "eu-central-1", endpoint: endpoint,
            credentials: StaticAWSCredentials(AWSCredentials(accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret")), http: http,
            configuration: AWSClient.Configuration(), logger: .silent, surroundings: .hasty)
    }
}

extension AWSClient.Surroundings {
    /// Never waits.
    static var hasty: Self {
        Self(
            now: { Timestamp(millisecondsSinceEpoch: 1_795_503_600_000) }, sleep: { _ in try Task.checkCancellation() }, random: { 0.5 })
    }
}

extension Backoff {
    /// Never waits, and tries so often.
    static func hasty(attempts: Int = 30) -> Self {
        Self(maximumAttempts: attempts, sleep: { _ in try Task.checkCancellation() }, random: { 0.5 })
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
