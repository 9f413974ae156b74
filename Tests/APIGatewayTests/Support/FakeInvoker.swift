import LambdaHost
import Synchronization

@testable import APIGateway

/// Functions that are closures. Every call can be awaited.
final class FakeInvoker: LambdaInvoker {
    struct Call: Sendable {
        var function: String
        var event: [UInt8]
        var traceId: String?

        var json: JSONValue? { JSONValue(self.event) }

        subscript(path: String...) -> JSONValue? { path.reduce(self.json) { $0?[$1] } }
    }

    typealias Function = @Sendable (Call) async -> LambdaOutcome

    private struct State {
        var functions: [String: Function]
        var calls: [String: [Call]] = [:]
        var waiting: [String: [CheckedContinuation<Call, Never>]] = [:]
        var counts: [String: Int] = [:]
    }

    private let state: Mutex<State>

    init(_ functions: [String: Function] = [:]) { self.state = Mutex(State(functions: functions)) }

    func invoke(_ function: String, event: [UInt8], traceId: String?) async -> LambdaOutcome {
        let call = Call(function: function, event: event, traceId: traceId)
        let (implementation, waiter) = self.state.withLock { state in
            state.counts[function, default: 0] += 1
            var waiter: CheckedContinuation<Call, Never>?
            if state.waiting[function]?.isEmpty == false {
                waiter = state.waiting[function]?.removeFirst()
            } else {
                state.calls[function, default: []].append(call)
            }
            return (state.functions[function], waiter)
        }
        waiter?.resume(returning: call)
        return await implementation?(call) ?? .success(#"{"statusCode":200}"#.bytes)
    }

    /// The next call of a function that nobody has asked for yet.
    func next(_ function: String) async -> Call {
        await withCheckedContinuation { continuation in
            let call: Call? = self.state.withLock { state in
                if state.calls[function]?.isEmpty == false { return state.calls[function]?.removeFirst() }
                state.waiting[function, default: []].append(continuation)
                return nil
            }
            if let call { continuation.resume(returning: call) }
        }
    }

    func count(_ function: String) -> Int { self.state.withLock { $0.counts[function] ?? 0 } }
}

extension LambdaOutcome {
    static func answer(_ json: String) -> LambdaOutcome { .success(json.bytes) }
}
