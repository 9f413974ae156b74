/// What a function does with one event.
///
/// One value serves every invocation of the process, one after the other. To have the event decoded and the answer encoded,
/// conform to ``TypedLambdaHandler``.
public protocol LambdaHandler: Sendable {
    /// Handles one invocation.
    /// - Parameters:
    ///   - event: The event's JSON, at most 6 MiB and 100 bytes.
    ///   - context: What Lambda says about the invocation.
    /// - Returns: The answer's JSON. More than 6 MiB and 100 bytes is reported as the invocation's failure.
    /// - Throws: Whatever it throws is reported as the invocation's failure, and the process goes on with the next one.
    ///   Throw a ``LambdaFunctionError`` to choose the `errorType`.
    ///
    /// It runs on the thread of the event loop that it was started with, alone there by default, and may keep it busy; SwiftNIO's `wait()`,
    /// which no task may call anyway, would trap there. The task is cancelled
    /// shortly before the deadline, so that a failure can still be reported.
    func handle(_ event: [UInt8], context: LambdaContext) async throws -> [UInt8]
}

/// A handler that is one closure.
public struct ClosureHandler: LambdaHandler {
    private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]

    public init(_ body: @escaping @Sendable (_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8]) {
        self.body = body
    }

    public func handle(_ event: [UInt8], context: LambdaContext) async throws -> [UInt8] {
        try await self.body(event, context)
    }
}
