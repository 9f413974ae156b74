import Logging

@testable import AWSLambda

/// Runs a handler against a fake Runtime API while the body answers its calls; then stops it.
/// - Parameter stops: Whether the loop is told to stop after the body; otherwise it must end by itself.
/// - Returns: Why the loop ended, if it did not end because it was told to.
@discardableResult
func serving(
    _ handler: some LambdaHandler = ClosureHandler { event, _ in event },
    configuration change: (inout LambdaRuntimeConfiguration) -> Void = { _ in }, logs: CapturedLines = CapturedLines(),
    stops: Bool = true, _ body: (FakeRuntimeAPI) async throws -> Void
) async throws -> LambdaRuntimeError? {
    try await servingMade({ _ in handler }, configuration: change, logs: logs, stops: stops, body)
}

@discardableResult
func servingMade<Handler: LambdaHandler>(
    _ makeHandler: @escaping @Sendable ([String: String]) async throws -> Handler,
    configuration change: (inout LambdaRuntimeConfiguration) -> Void = { _ in }, logs: CapturedLines = CapturedLines(),
    stops: Bool = true, _ body: (FakeRuntimeAPI) async throws -> Void
) async throws -> LambdaRuntimeError? {
    let api = try await FakeRuntimeAPI()
    var configuration = LambdaRuntimeConfiguration()
    configuration.stopsOnSIGTERM = false
    configuration.retryDelay = .milliseconds(1)
    change(&configuration)
    let logger = Logger(label: "test", factory: { JSONLogHandler(label: $0, environment: [:], output: logs) })
    let runtime = try LambdaRuntime(environment: api.environment, configuration: configuration, logger: logger)
    let run = Task { try await runtime.run(makeHandler: makeHandler) }
    do { try await body(api) } catch {
        run.cancel()
        throw error
    }
    if stops { run.cancel() }
    let result = await run.result
    try await api.close()
    do {
        try result.get()
        return nil
    } catch let error as LambdaRuntimeError { return error }
}
