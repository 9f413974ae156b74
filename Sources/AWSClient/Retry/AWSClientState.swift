import ChatProtocol
import Synchronization

/// What the requests of one client share: the retry quota, and how far the service's clock is from ours.
final class AWSClientState: Sendable {
    private struct Shared {
        var quota: Int
        var clockOffset: Duration = .zero
    }

    private let fullQuota: Int
    private let shared: Mutex<Shared>

    init(quota: Int) {
        self.fullQuota = quota
        self.shared = Mutex(Shared(quota: quota))
    }

    /// What to add to our clock to have the service's.
    var clockOffset: Duration { self.shared.withLock { $0.clockOffset } }

    func succeeded(_ retry: AWSRetry) {
        self.shared.withLock { $0.quota = min(self.fullQuota, $0.quota + max(1, retry.heldQuota)) }
    }

    /// - Parameter now: our clock's, uncorrected.
    /// - Returns: how long to wait before the next attempt; nil if there is none.
    func wait(after error: AWSError, in retry: inout AWSRetry, now: Timestamp, random: Double) -> Duration? {
        self.shared.withLock { shared in
            var clockWasWrong = false
            if let offset = Self.clockOffset(by: error, now: now), (offset - shared.clockOffset).isLong {
                shared.clockOffset = offset
                clockWasWrong = true
            }
            return retry.wait(after: error, clockWasWrong: clockWasWrong, quota: &shared.quota, random: random)
        }
    }

    /// How far the service's clock is from ours, if the error is one of those that a wrong clock causes.
    private static func clockOffset(by error: AWSError, now: Timestamp) -> Duration? {
        guard let time = error.serverTime, Self.clockCodes.contains(error.code.name) else { return nil }
        return .milliseconds(time.millisecondsSinceEpoch - now.millisecondsSinceEpoch)
    }

    private static let clockCodes: Set<String> = [
        "AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    ]
}

extension Duration {
    /// A signature is good for minutes; less than two are no reason for a refusal.
    fileprivate var isLong: Bool { self >= .seconds(120) || self <= .seconds(-120) }
}
