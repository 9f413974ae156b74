/// Calls a Lambda function by its name and waits for what comes of it: synchronous invocation, as API Gateway does it.
///
/// It never throws: a caller must tell the ways apart in which a call can fail, and each is a ``LambdaOutcome``.
public protocol LambdaInvoker: Sendable {
    /// Calls a function once. It is not called again if it fails.
    ///
    /// - Parameters:
    ///   - function: the function's name, as it is configured.
    ///   - event: JSON, at most 6 MB.
    ///   - traceId: an X-Ray trace header (`Root=1-…;Parent=…;Sampled=0`), handed on to the function; nil for none.
    func invoke(_ function: String, event: [UInt8], traceId: String?) async -> LambdaOutcome
}
