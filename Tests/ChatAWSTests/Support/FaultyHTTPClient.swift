import AWSClient
import Foundation
import HTTPTypes
import Synchronization

/// Hands requests on, or does to them what a network and a busy service do.
final class FaultyHTTPClient: AWSHTTPClient {
    enum Fault: Sendable {
        /// The request never arrives.
        case loseRequest
        /// It is carried out, and nobody hears of it.
        case loseAnswer
        /// The service refuses it: the name of the error and the status.
        case refuse(String, status: Int = 400)
        /// The service answers this instead.
        case answer(AWSHTTPResponse)
    }

    /// A request as a rule sees it.
    struct Seen: Sendable {
        /// `PutItem`, …
        var operation: String
        var body: [UInt8]
        /// Counts the requests of that operation, from 1.
        var count: Int
    }

    private let next: any AWSHTTPClient
    private let rule: @Sendable (Seen) -> Fault?
    private let counts = Mutex<[String: Int]>([:])
    private let injected = Mutex(0)

    init(_ next: any AWSHTTPClient = AsyncAWSHTTPClient(), rule: @escaping @Sendable (Seen) -> Fault?) {
        self.next = next
        self.rule = rule
    }

    /// How often something was done to a request.
    var faults: Int { self.injected.withLock { $0 } }

    /// How many requests of an operation there were.
    func count(_ operation: String) -> Int { self.counts.withLock { $0[operation] ?? 0 } }

    func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) async throws -> AWSHTTPResponse {
        let target = request.headers[HTTPField.Name("X-Amz-Target")!] ?? ""
        let operation = target.split(separator: ".").last.map(String.init) ?? ""
        let count = self.counts.withLock {
            $0[operation, default: 0] += 1
            return $0[operation] ?? 0
        }
        guard let fault = self.rule(Seen(operation: operation, body: request.body, count: count)) else {
            return try await self.next.send(request, timeout: timeout, maximumResponseBytes: maximumResponseBytes)
        }
        self.injected.withLock { $0 += 1 }
        switch fault {
        case .loseRequest: throw AWSError(.connectionFailed, "lost on the way there")
        case .loseAnswer:
            _ = try await self.next.send(request, timeout: timeout, maximumResponseBytes: maximumResponseBytes)
            throw AWSError(.timedOut, "lost on the way back")
        case .refuse(let name, let status):
            return .json("{\"__type\":\"com.amazonaws.dynamodb.v20120810#\(name)\",\"message\":\"injected\"}", status: status)
        case .answer(let response): return response
        }
    }
}

extension AWSHTTPResponse {
    static func json(_ text: String, status: Int = 200) -> Self {
        AWSHTTPResponse(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "application/x-amz-json-1.0"], body: Array(text.utf8))
    }
}
