import APIGatewayDefinition
import NIOCore
import Synchronization

/// What all clients and functions together may do in a second; each quota can be switched off.
final class AccountQuotas: Sendable {
    private let connects: Mutex<TokenBucket?>
    /// Shared by messages and calls of `@connections`.
    private let requests: Mutex<TokenBucket?>

    init(_ quotas: QuotaDefinition, now: NIODeadline) {
        self.connects = Mutex(quotas.connectsPerSecond.map { TokenBucket(rate: $0, burst: $0, now: now) })
        self.requests = Mutex(quotas.requestsPerSecond.map { TokenBucket(rate: $0, burst: quotas.burst ?? $0, now: now) })
    }

    func mayConnect(now: NIODeadline) -> Bool { self.connects.withLock { $0?.take(now: now) ?? true } }

    func mayRequest(now: NIODeadline) -> Bool { self.requests.withLock { $0?.take(now: now) ?? true } }
}
