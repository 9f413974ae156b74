/// When a request is sent again and how long to wait before: the SDKs' standard mode with its current numbers.
///
/// The wait before attempt `n + 1` is a random part of `delay * 2^(n-1)`, at most ``maximumDelay`` ("full jitter").
///
/// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; the numbers are botocore's.
public struct AWSRetryPolicy: Sendable, Hashable {
    /// How often a request is sent in all. Default 3; 1 means never again. At most 20 count.
    public var maximumAttempts = 3
    /// The most that the first wait may be after a failure that is likely to pass: a lost connection, a status of 5xx. Default 50 ms.
    public var transientDelay: Duration = .milliseconds(50)
    /// The most that the first wait may be after the service said that it is asked too often. Default 1 s.
    public var throttlingDelay: Duration = .seconds(1)
    /// The most that any wait may be. Default 20 s. A service that asks for more (`x-amz-retry-after`) gets at most 5 s on top.
    public var maximumDelay: Duration = .seconds(20)
    /// How much a client may spend on repetitions; each takes ``transientCost`` or ``throttlingCost``, each success gives some back.
    /// Default 500. Stops retries from adding to the load of a service that is down.
    public var quota = 500
    /// Default 14.
    public var transientCost = 14
    /// Default 5.
    public var throttlingCost = 5

    public init() {}

    /// For DynamoDB, whose failures pass faster: 4 attempts, the first wait at most 25 ms.
    public static var dynamoDB: AWSRetryPolicy {
        var policy = AWSRetryPolicy()
        policy.maximumAttempts = 4
        policy.transientDelay = .milliseconds(25)
        return policy
    }
}
