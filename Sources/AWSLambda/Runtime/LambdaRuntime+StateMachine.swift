extension LambdaRuntime {
    /// What the loop does next, given what just happened. No I/O and no clock.
    ///
    /// The one call that others than the loop make is ``stop()``, at any time. It only cuts the connection while the loop waits
    /// for an event: in every other state an invocation, or the making of the handler, is under way, and the loop asks
    /// ``stopping`` when that has ended.
    struct StateMachine: Sendable {
        private enum State: Sendable, Equatable {
            case initialising
            case waiting
            case invoking(requestId: String)
            case reporting(RuntimeCall)
            case finished
        }

        enum Action: Sendable {
            /// Make the call, after the pause, on a connection that is made if there is none.
            case call(RuntimeCall, after: Duration)
            case invoke(Invocation)
            /// Ends the loop, without an error.
            case finish
            case fail(LambdaRuntimeError)
        }

        private let configuration: LambdaRuntimeConfiguration
        private var state = State.initialising
        /// Calls in a row that got no answer.
        private var failures = 0
        /// What made the handler impossible, while that is reported.
        private var initFailure: (any Error)?
        private(set) var stopping = false

        init(configuration: LambdaRuntimeConfiguration) { self.configuration = configuration }

        /// The handler is there.
        mutating func initialised() -> Action { self.goOn() }

        /// The handler cannot be made: Lambda is told, and the loop ends.
        mutating func initialisationFailed(_ error: any Error) -> Action {
            // A handler's maker that was cancelled by `stop` has not failed.
            if self.stopping { return self.finish() }
            self.initFailure = error
            return self.report(.initError(LambdaFunctionError(error)))
        }

        /// The handler has ended.
        mutating func handled(_ result: Result<[UInt8], any Error>) -> Action {
            guard case .invoking(let requestId) = self.state else { return self.unexpected("an answer without an invocation") }
            switch result {
            case .success(let answer) where answer.count > self.configuration.maximumResponseBytes:
                return self.report(.error(requestId, .responseTooLarge(answer.count, limit: self.configuration.maximumResponseBytes)))
            case .success(let answer): return self.report(.response(requestId, answer))
            case .failure(let error): return self.report(.error(requestId, LambdaFunctionError(error)))
            }
        }

        /// The Runtime API has answered the call.
        mutating func answered(_ answer: RuntimeAnswer) -> Action {
            let wasSentBefore = self.failures > 0
            self.failures = 0
            switch self.state {
            case .waiting: return self.receivedNext(answer)
            case .reporting(let call): return self.reported(call, status: answer.status, wasSentBefore: wasSentBefore)
            case .initialising, .invoking, .finished: return self.unexpected("an answer to no call")
            }
        }

        /// The call got no answer.
        mutating func callFailed(_ failure: RuntimeCallFailure) -> Action {
            let call: RuntimeCall
            switch self.state {
            case .waiting:
                // Cut by `stop`: nobody waits for an answer of this process.
                if self.stopping { return self.finish() }
                call = .next
            case .reporting(let pending): call = pending
            case .initialising, .invoking, .finished: return self.unexpected("no answer to no call")
            }
            switch failure {
            case .disconnected(let reason, let wasReused):
                self.failures += 1
                if self.failures >= max(1, self.configuration.maximumAttempts) {
                    return self.fail(LambdaRuntimeError(.unreachable, "the Runtime API cannot be reached: \(reason)"))
                }
                // What was kept alive may be closed by the time that it is used: that is no trouble yet.
                if wasReused { return .call(call, after: .zero) }
                return .call(call, after: self.configuration.retryDelay * (1 << min(self.failures - 1, 10)))
            case .malformed(let reason):
                return self.fail(LambdaRuntimeError(.invalidAnswer, "the Runtime API does not speak HTTP/1.1: \(reason)"))
            case .tooLarge(let answer):
                guard self.state == .waiting, answer.status == 200, let invocation = Invocation(answer) else {
                    return self.fail(LambdaRuntimeError(.invalidAnswer, "the Runtime API's answer is too large"))
                }
                return self.report(.error(invocation.requestId, .eventTooLarge(limit: self.configuration.maximumEventBytes)))
            }
        }

        /// The loop shall end, after the invocation under way.
        /// - Returns: Whether it only waits, so that its connection is to be cut.
        mutating func stop() -> Bool {
            self.stopping = true
            return self.state == .waiting
        }

        private mutating func receivedNext(_ answer: RuntimeAnswer) -> Action {
            guard answer.status == 200 else { return self.rejected("next", status: answer.status) }
            guard let invocation = Invocation(answer) else {
                return self.fail(LambdaRuntimeError(.invalidAnswer, "next has no request id or no deadline"))
            }
            // Also while stopping: the event was handed out before the connection was cut, and is nobody else's to answer.
            self.state = .invoking(requestId: invocation.requestId)
            return .invoke(invocation)
        }

        private mutating func reported(_ call: RuntimeCall, status: Int, wasSentBefore: Bool) -> Action {
            if let initFailure {
                return self.fail(LambdaRuntimeError(.initFailed, "the handler could not be made", underlying: initFailure))
            }
            switch status {
            case 202: return self.goOn()
            // 400: the invocation is over, such as one that ran past its deadline, or whose first report got through although its answer was
            // lost. 413: Lambda has failed the invocation by itself. Neither says anything about the next one.
            case 400, 413: return self.goOn()
            // The same, from hosts that know that this invocation was answered already.
            case 403 where wasSentBefore: return self.goOn()
            default: return self.rejected(call.kind == .response ? "response" : "error", status: status)
            }
        }

        private mutating func report(_ call: RuntimeCall) -> Action {
            self.state = .reporting(call)
            return .call(call, after: .zero)
        }

        private mutating func goOn() -> Action {
            if self.stopping { return self.finish() }
            self.state = .waiting
            return .call(.next, after: .zero)
        }

        private mutating func rejected(_ call: String, status: Int) -> Action {
            switch status {
            case 403: self.fail(LambdaRuntimeError(.refused, "the Runtime API answered 403 to \(call)"))
            case 500: self.fail(LambdaRuntimeError(.failed, "the Runtime API answered 500 to \(call)"))
            default: self.fail(LambdaRuntimeError(.invalidAnswer, "the Runtime API answered \(status) to \(call)"))
            }
        }

        private mutating func finish() -> Action {
            self.state = .finished
            return .finish
        }

        private mutating func fail(_ error: LambdaRuntimeError) -> Action {
            self.state = .finished
            guard let initFailure, error.code != .initFailed else { return .fail(error) }
            // What comes first is the cause; that it could not be reported is a detail.
            return .fail(LambdaRuntimeError(.initFailed, "the handler could not be made, and \(error)", underlying: initFailure))
        }

        private mutating func unexpected(_ what: String) -> Action {
            assertionFailure(what)
            return self.fail(LambdaRuntimeError(.invalidAnswer, what))
        }
    }
}

extension LambdaFunctionError {
    fileprivate static func responseTooLarge(_ bytes: Int, limit: Int) -> Self {
        Self(type: "Function.ResponseSizeTooLarge", message: "the answer has \(bytes) bytes, and at most \(limit) can be sent")
    }

    fileprivate static func eventTooLarge(limit: Int) -> Self {
        Self(type: "Runtime.EventTooLarge", message: "the event has more than \(limit) bytes")
    }
}
