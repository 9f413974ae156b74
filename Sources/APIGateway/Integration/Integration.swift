import APIGatewayDefinition
import LambdaHost
import Synchronization

/// Calls functions, and waits no longer than an integration may take.
struct Integration: Sendable {
    let invoker: any LambdaInvoker
    /// Caps every route's own. Nil waits for the function.
    let maximumTimeout: Duration?

    func timeout(of route: RouteDefinition) -> Duration? { self.maximumTimeout.map { min($0, route.integrationTimeout) } }

    /// - Parameter timeout: nil waits for the function.
    /// - Returns: nil if the function took longer. It is not stopped: the host does that when its own time is over.
    func call(_ function: String, event: [UInt8], traceId: String?, timeout: Duration?) async -> LambdaOutcome? {
        guard let timeout else { return await self.invoker.invoke(function, event: event, traceId: traceId) }
        return await withCheckedContinuation { continuation in
            let race = Race(continuation)
            let timer = Task {
                try await Task.sleep(for: timeout)
                race.end(nil)
            }
            Task {
                let outcome = await self.invoker.invoke(function, event: event, traceId: traceId)
                timer.cancel()
                race.end(outcome)
            }
        }
    }

    /// The first to come wins.
    private final class Race: Sendable {
        private let continuation: Mutex<CheckedContinuation<LambdaOutcome?, Never>?>

        init(_ continuation: CheckedContinuation<LambdaOutcome?, Never>) { self.continuation = Mutex(continuation) }

        func end(_ outcome: LambdaOutcome?) {
            let continuation = self.continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            continuation?.resume(returning: outcome)
        }
    }
}

extension LambdaOutcome {
    /// Why it is none, for a log: never what the function said, only its kind of error.
    var failure: String? {
        switch self {
        case .success: nil
        case .functionError(let type, _): "the function failed: \(type)"
        case .timedOut: "the function took too long"
        case .failed(let reason): reason
        case .throttled: "every process of the function is busy"
        }
    }
}
