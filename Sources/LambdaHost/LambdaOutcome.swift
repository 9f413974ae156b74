/// What came of one call of a function.
public enum LambdaOutcome: Sendable, Equatable {
    /// The function's answer, as it gave it: at most 6 MB, by convention JSON.
    case success([UInt8])
    /// The function reported an error. Both texts are its own and may be empty; neither may be shown to a client.
    case functionError(type: String, message: String)
    /// The function did not answer before its time-out. Its process has been killed.
    case timedOut
    /// There was no answer and will be none: no such function, no process to be had, a crash, an answer or event that is too large.
    /// The reason is for a log.
    case failed(reason: String)
    /// Every process is busy and as many calls wait as may. It was not called; a later call may succeed.
    case throttled
}
