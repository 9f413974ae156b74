import Foundation
import LambdaHost

/// Runs a host with functions for as long as the body takes, and leaves no process behind.
func withHost<Result>(
    _ functions: [String: LambdaFunctionConfiguration],
    configure: (inout LambdaHostConfiguration) -> Void = { _ in },
    _ body: (LambdaHost, LogRecorder) async throws -> Result
) async throws -> Result {
    var configuration = LambdaHostConfiguration()
    configuration.environment = ProcessInfo.processInfo.environment
    configuration.environment["SECRET_OF_THE_HOST"] = "not for functions"
    configure(&configuration)
    let log = LogRecorder()
    let host = LambdaHost(functions: functions, configuration: configuration, log: log.record)
    do {
        let result = try await body(host, log)
        await host.shutdown()
        return result
    } catch {
        await host.shutdown()
        throw error
    }
}

extension LambdaHost {
    func invoke(_ function: String = "f", _ event: String, traceId: String? = nil) async -> LambdaOutcome {
        await self.invoke(function, event: Array(event.utf8), traceId: traceId)
    }

    /// The answer as text; for what is no answer, what it is.
    func text(_ event: String) async -> String {
        let outcome = await self.invoke("f", event)
        if case .success(let bytes) = outcome { return String(decoding: bytes, as: UTF8.self) }
        return "\(outcome)"
    }
}

extension LambdaOutcome {
    var text: String? {
        if case .success(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    var isTimedOut: Bool { self == .timedOut }
}
