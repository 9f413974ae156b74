extension FunctionProcess {
    /// Where one process stands in the Runtime API, and what it may ask for there.
    ///
    /// The names of the states in an answer are those of AWS's Runtime Interface Emulator (`internal/lambda/core/states.go`).
    struct StateMachine: Sendable {
        private enum State: Equatable {
            /// It has not asked for an event yet.
            case starting
            /// It said that it cannot start; it is about to end.
            case initFailed
            /// It waits for an event.
            case waiting
            /// It has an event and owes an answer.
            case running(requestId: String)
            /// It has answered, or its question got lost, and it has not asked again.
            case between(requestId: String?)
            case ended

            var name: String {
                switch self {
                case .starting: "Started"
                case .initFailed, .ended: "InitError"
                case .waiting: "Ready"
                case .running: "Running"
                case .between: "RuntimeResponseSentState"
                }
            }
        }

        private var state = State.starting
        private var hasStarted = false

        /// The call that an answer is owed to.
        var requestId: String? {
            if case .running(let requestId) = self.state { requestId } else { nil }
        }

        var isWaiting: Bool { self.state == .waiting }
        var hasEnded: Bool { self.state == .ended }

        enum NextAction: Equatable {
            /// It is ready for an event; for the first time if it was in its init.
            case ready(isFirst: Bool)
            /// It asks again although it waits: the earlier question's connection is given up.
            case replaceWaiting
            /// It asks again although it owes an answer, as a runtime does whose connection broke under the event: it gets the same event, as from
            /// the emulator. The time-out ends this if nothing else does.
            case deliverAgain
            case refuse(RuntimeAPIAnswer)
        }

        mutating func next() -> NextAction {
            switch self.state {
            case .starting, .between:
                self.state = .waiting
                defer { self.hasStarted = true }
                return .ready(isFirst: !self.hasStarted)
            case .waiting: return .replaceWaiting
            case .running: return .deliverAgain
            case .initFailed, .ended: return .refuse(.invalidStateTransition(from: self.state.name, to: "Ready"))
            }
        }

        /// An event has been handed to the waiting question.
        mutating func deliver(requestId: String) {
            assert(self.isWaiting, "nobody waits for an event")
            self.state = .running(requestId: requestId)
        }

        /// The connection broke on which it waited.
        ///
        /// - Returns: whether that matters.
        mutating func waiterLost() -> Bool {
            guard self.isWaiting else { return false }
            self.state = .between(requestId: nil)
            return true
        }

        enum AnswerAction: Equatable {
            case accept
            case refuse(RuntimeAPIAnswer)
        }

        /// It answers a call, well or with an error.
        ///
        /// An answer to another call than the present one is refused: it may come from work that a previous call has left behind.
        mutating func answer(requestId: String, isError: Bool) -> AnswerAction {
            switch self.state {
            case .running(let current) where current == requestId:
                self.state = .between(requestId: requestId)
                return .accept
            case .between(let last?) where last == requestId:
                let to = isError ? "InvocationErrorResponse" : "InvocationResponse"
                return .refuse(.invalidStateTransition(from: self.state.name, to: to))
            default: return .refuse(.invalidRequestId)
            }
        }

        /// It says that it cannot start.
        mutating func initError() -> AnswerAction {
            guard self.state == .starting else { return .refuse(.invalidStateTransition(from: self.state.name, to: "InitError")) }
            self.state = .initFailed
            return .accept
        }

        enum EndAction: Equatable {
            case duringInit
            case whileIdle
            case duringCall(requestId: String)
            /// It was known before.
            case nothing
        }

        /// It is gone, or is about to be: nothing it still says counts.
        mutating func end() -> EndAction {
            defer { self.state = .ended }
            switch self.state {
            case .starting, .initFailed: return .duringInit
            case .waiting, .between: return .whileIdle
            case .running(let requestId): return .duringCall(requestId: requestId)
            case .ended: return .nothing
            }
        }
    }
}
