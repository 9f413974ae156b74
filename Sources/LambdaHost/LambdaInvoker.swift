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

    /// Calls a function without a task of its own, for a caller on an event loop. Default: a task that waits for the other.
    ///
    /// - Parameter complete: called once, on any thread, or before this returns.
    func invoke(_ function: String, event: [UInt8], traceId: String?, complete: @escaping @Sendable (LambdaOutcome) -> Void)
}

extension LambdaInvoker {
    public func invoke(_ function: String, event: [UInt8], traceId: String?, complete: @escaping @Sendable (LambdaOutcome) -> Void) {
        Task { complete(await self.invoke(function, event: event, traceId: traceId)) }
    }
}
