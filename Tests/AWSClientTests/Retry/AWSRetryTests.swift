import HTTPTypes
import Testing

@testable import AWSClient

struct AWSRetryTests {
    @Test(
        "Which failures are worth another attempt",
        arguments: [
            (429, "unnamed", .throttling), (400, "ThrottlingException", .throttling),
            (400, "ProvisionedThroughputExceededException", .throttling), (500, "InternalServerError", .transient),
            (502, "unnamed", .transient),
            (503, "unnamed", .transient), (504, "unnamed", .transient), (501, "unnamed", .permanent), (505, "unnamed", .permanent),
            (400, "ConditionalCheckFailedException", .permanent), (410, "GoneException", .permanent),
            (403, "ForbiddenException", .permanent),
            (400, "RequestTimeout", .transient), (nil, "unreachable", .transient), (nil, "connectionFailed", .ambiguous),
            (nil, "timedOut", .ambiguous), (nil, "responseTooLarge", .permanent), (nil, "invalidRequest", .permanent),
            (nil, "credentialsUnavailable", .permanent),
        ] as [(Int?, String, AWSRetry.Failure)])
    func classification(status: Int?, code: String, expected: AWSRetry.Failure) {
        let error = AWSError(AWSError.Code(code), "", status: status.map { HTTPResponse.Status(code: $0) })
        #expect(AWSRetry.classify(error) == expected)
    }

    private static func waits(
        _ error: AWSError, policy: AWSRetryPolicy, isIdempotent: Bool = false, quota: Int = 500, random: Double = 1
    ) -> [Duration] {
        var retry = AWSRetry(policy: policy, isIdempotent: isIdempotent)
        var quota = quota
        var waits: [Duration] = []
        while let wait = retry.wait(after: error, clockWasWrong: false, quota: &quota, random: random) { waits.append(wait) }
        return waits
    }

    private static func policy(attempts: Int) -> AWSRetryPolicy {
        var policy = AWSRetryPolicy()
        policy.maximumAttempts = attempts
        return policy
    }

    private static let throttled = AWSError("ThrottlingException", status: 400)
    private static let broken = AWSError("InternalServerError", status: 500)

    @Test("The wait doubles up to its limit, and is a random part of it")
    func waits() {
        #expect(Self.waits(Self.broken, policy: AWSRetryPolicy()) == [.milliseconds(50), .milliseconds(100)])
        #expect(Self.waits(Self.broken, policy: .dynamoDB) == [.milliseconds(25), .milliseconds(50), .milliseconds(100)])
        #expect(Self.waits(Self.throttled, policy: Self.policy(attempts: 8)) == [1, 2, 4, 8, 16, 20, 20].map { .seconds($0) })
        #expect(Self.waits(Self.throttled, policy: AWSRetryPolicy(), random: 0.25) == [.milliseconds(250), .milliseconds(500)])
        #expect(Self.waits(Self.throttled, policy: AWSRetryPolicy(), random: 0) == [.zero, .zero])
        #expect(Self.waits(Self.throttled, policy: Self.policy(attempts: 1)) == [])
        #expect(Self.waits(Self.throttled, policy: Self.policy(attempts: .max)).count == 19)
    }

    @Test("What may have had an effect is repeated only where that does no harm")
    func ambiguity() {
        let lost = AWSError(.connectionFailed, "")
        #expect(Self.waits(lost, policy: AWSRetryPolicy()) == [])
        #expect(Self.waits(lost, policy: AWSRetryPolicy(), isIdempotent: true).count == 2)
        #expect(Self.waits(AWSError(.unreachable, ""), policy: AWSRetryPolicy()).count == 2)
    }

    @Test("An empty quota ends the attempts", arguments: [(13, 0), (14, 1), (27, 1), (28, 2)])
    func quota(quota: Int, retries: Int) {
        #expect(Self.waits(Self.broken, policy: AWSRetryPolicy(), quota: quota).count == retries)
    }

    @Test(
        "The service's wish is met, within five seconds more than ours",
        arguments: [
            (10, 50), (1000, 1000), (5050, 5050), (60_000, 5050),
        ])
    func retryAfter(wish: Int, expected: Int) {
        var error = Self.broken
        error.retryAfter = .milliseconds(wish)
        #expect(Self.waits(error, policy: AWSRetryPolicy()).first == .milliseconds(expected))
    }
}

extension AWSError {
    fileprivate init(_ code: String, status: Int) {
        self.init(Code(code), "", status: HTTPResponse.Status(code: status))
    }
}
