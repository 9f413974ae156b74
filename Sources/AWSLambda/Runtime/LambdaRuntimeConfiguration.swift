/// How the runtime loop behaves where Lambda leaves a choice.
public struct LambdaRuntimeConfiguration: Sendable {
    /// How long before its deadline an invocation's task is cancelled. Default 100 ms. A tenth of the invocation's time, if that
    /// is less. Without it, an invocation that runs too long is killed with its process, and nobody learns where it hung.
    public var deadlineMargin: Duration = .milliseconds(100)

    /// The most bytes of an answer. Default 6 MiB and 100 bytes, Lambda's limit for a synchronous invocation. A larger one is not
    /// sent, but reported as the invocation's failure (`Function.ResponseSizeTooLarge`).
    public var maximumResponseBytes: Int = 6 * 1024 * 1024 + 100

    /// The most bytes of an event. Default 6 MiB and 100 bytes, Lambda's limit. Stops a Runtime API that is none from filling
    /// the memory.
    public var maximumEventBytes: Int = 6 * 1024 * 1024 + 100

    /// How often in a row a call is tried whose connection cannot be had or breaks. Default 6, which takes about 1.5 seconds.
    /// At least 1. A call that was answered starts the count anew.
    public var maximumAttempts: Int = 6

    /// The pause before the second attempt, doubled for each further one. Default 50 ms. A connection that was kept alive and
    /// turns out to be closed is replaced without a pause.
    public var retryDelay: Duration = .milliseconds(50)

    /// How long the Runtime API may take to accept a connection, or to answer anything but `next`. Default 10 s. `next` waits for
    /// as long as there is no event.
    public var callTimeout: Duration = .seconds(10)

    /// Whether SIGTERM ends the loop, after the invocation under way, without an error. Default `true`. Lambda itself sends one only to functions
    /// with extensions; a host on one's own machine sends it always.
    public var stopsOnSIGTERM = true

    public init() {}
}
