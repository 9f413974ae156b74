import HTTPTypes

/// The attempts of one request: decides after each failure whether there is another, and when.
struct AWSRetry {
    /// What a failure says about another attempt.
    enum Failure: Equatable {
        /// The service is asked too often and has done nothing.
        case throttling
        /// The service answered that it could not, for now.
        case transient
        /// Nobody knows whether the service has done it.
        case ambiguous
        case permanent
    }

    private let policy: AWSRetryPolicy
    private let isIdempotent: Bool
    /// How often the request was sent.
    private(set) var attempts = 0
    /// What the last repetition took from the quota; a success gives it back.
    private(set) var heldQuota = 0
    private var hasCorrectedClock = false

    init(policy: AWSRetryPolicy, isIdempotent: Bool) {
        self.policy = policy
        self.isIdempotent = isIdempotent
    }

    /// Notes a failed attempt.
    ///
    /// - Parameters:
    ///   - clockWasWrong: whether the failure is due to our clock, and has been put right. That is worth one attempt at once.
    ///   - quota: what the client has left; the repetition is taken from it.
    ///   - random: from 0 up to 1.
    /// - Returns: how long to wait before the next attempt; nil if there is none.
    mutating func wait(after error: AWSError, clockWasWrong: Bool, quota: inout Int, random: Double) -> Duration? {
        self.attempts += 1
        guard self.attempts < min(self.policy.maximumAttempts, 20) else { return nil }
        if clockWasWrong {
            guard !self.hasCorrectedClock else { return nil }
            self.hasCorrectedClock = true
            return .zero
        }
        let isThrottling: Bool
        switch Self.classify(error) {
        case .permanent: return nil
        case .ambiguous where !self.isIdempotent: return nil
        case .throttling: isThrottling = true
        case .transient, .ambiguous: isThrottling = false
        }
        let cost = isThrottling ? self.policy.throttlingCost : self.policy.transientCost
        guard quota >= cost else { return nil }
        quota -= cost
        self.heldQuota = cost
        let first = isThrottling ? self.policy.throttlingDelay : self.policy.transientDelay
        let delay = min(first * (1 << (self.attempts - 1)), self.policy.maximumDelay) * random
        guard let wish = error.retryAfter else { return delay }
        return max(delay, min(wish, delay + .seconds(5)))
    }

    static func classify(_ error: AWSError) -> Failure {
        if Self.throttlingCodes.contains(error.code.name) { return .throttling }
        guard let status = error.status?.code else {
            switch error.code {
            case .unreachable: return .transient
            case .connectionFailed, .timedOut: return .ambiguous
            default: return .permanent
            }
        }
        switch status {
        case 429: return .throttling
        case 501, 505: return .permanent
        case 500...599: return .transient
        default: return Self.transientCodes.contains(error.code.name) ? .transient : .permanent
        }
    }

    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
        "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
    ]

    private static let transientCodes: Set<String> = ["IDPCommunicationError", "RequestTimeout", "RequestTimeoutException"]
}
