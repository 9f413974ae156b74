import NIOCore

extension FunctionPool {
    /// Which process serves which call, who waits, and when a process is started or ended.
    ///
    /// A process is known by a number. It is starting, idle, or busy; busy is also one that has answered and has not asked again yet.
    struct StateMachine<Call> {
        private let concurrency: Int
        private let maximumQueueLength: Int
        private let minimumProcesses: Int
        private let idleTimeout: TimeAmount

        private var starting: Set<Int> = []
        private var busy: Set<Int> = []
        /// Told to end. They count until they are gone, lest there be more processes than may be.
        private var ending: Set<Int> = []
        /// The one that has been idle the longest comes first. The last one is used first, so that what is too many stays idle.
        private var idle: [(process: Int, since: NIODeadline)] = []
        private var queue = CircularBuffer<Call>()
        private var backoff = RestartBackoff()
        private var lastFailure = ""
        private var nextProcess = 1
        private var isShuttingDown = false

        init(_ configuration: LambdaFunctionConfiguration) {
            self.concurrency = max(1, configuration.concurrency)
            self.maximumQueueLength = max(1, configuration.maximumQueueLength)
            self.minimumProcesses = max(0, configuration.minimumProcesses)
            self.idleTimeout = TimeAmount(configuration.idleTimeout)
        }

        var processCount: Int { self.starting.count + self.busy.count + self.idle.count + self.ending.count }
        var queueLength: Int { self.queue.count }

        // MARK: Calls

        enum InvokeAction {
            case deliver(to: Int)
            case wait(start: Int?)
            case refuse(LambdaOutcome)
        }

        mutating func invoke(_ call: Call, now: NIODeadline) -> InvokeAction {
            if self.isShuttingDown { return .refuse(.failed(reason: "the host is shutting down")) }
            if let process = self.idle.popLast()?.process {
                self.busy.insert(process)
                return .deliver(to: process)
            }
            // Nobody would serve it before the pause is over, and nobody would wake up then.
            if self.processCount == 0, self.backoff.isPausing(at: now) {
                return .refuse(.failed(reason: "paused after failures: \(self.lastFailure)"))
            }
            guard self.queue.count < self.maximumQueueLength else { return .refuse(.throttled) }
            self.queue.append(call)
            return .wait(start: self.startIfNeeded(now: now))
        }

        /// A process to start for those that wait.
        mutating func startIfNeeded(now: NIODeadline) -> Int? {
            guard self.starting.count < self.queue.count, self.processCount < self.concurrency, !self.backoff.isPausing(at: now) else {
                return nil
            }
            defer { self.nextProcess += 1 }
            self.starting.insert(self.nextProcess)
            return self.nextProcess
        }

        /// When to call ``startIfNeeded(now:)`` again, because calls wait and a pause keeps a process from being started for them.
        func retryAt(now: NIODeadline) -> NIODeadline? {
            guard self.backoff.isPausing(at: now), self.starting.count < self.queue.count, self.processCount < self.concurrency else {
                return nil
            }
            return self.backoff.resumesAt
        }

        // MARK: Processes

        enum ReadyAction {
            case deliver(Call)
            /// Nothing to do; look at ``StateMachine/reap(now:)`` then.
            case idle(reapAt: NIODeadline?)
            case end
        }

        /// A process asks for an event.
        mutating func ready(_ process: Int, now: NIODeadline) -> ReadyAction {
            guard self.starting.remove(process) ?? self.busy.remove(process) != nil else { return .end }
            if self.isShuttingDown {
                self.ending.insert(process)
                return .end
            }
            if let call = self.queue.popFirst() {
                self.busy.insert(process)
                return .deliver(call)
            }
            self.idle.append((process, now))
            return .idle(reapAt: self.nextReap)
        }

        /// An idle process has stopped asking: its connection broke. It is of no use until it asks again.
        mutating func unavailable(_ process: Int) {
            guard let place = self.idle.firstIndex(where: { $0.process == process }) else { return }
            self.idle.remove(at: place)
            self.busy.insert(process)
        }

        /// A process has answered a call, were it with an error.
        mutating func answered() { self.backoff.succeeded() }

        enum End {
            /// It was told to, or took too long for a call, or had nothing to do.
            case harmless
            /// It crashed in a call.
            case duringCall(reason: String)
            /// It never asked for an event.
            case duringInit(reason: String)
        }

        struct EndedAction {
            /// Calls that fail for it, with ``reason``.
            var failed: [Call] = []
            var reason = ""
            var start: Int?
        }

        /// A process is gone, whatever it did.
        ///
        /// One that failed before its first event takes the call with it that has waited longest, as on Lambda.
        mutating func ended(_ process: Int, _ end: End, now: NIODeadline) -> EndedAction {
            self.starting.remove(process)
            self.busy.remove(process)
            self.ending.remove(process)
            self.idle.removeAll { $0.process == process }
            var action = EndedAction()
            switch end {
            case .harmless: break
            case .duringCall(let reason):
                self.lastFailure = reason
                self.backoff.failed(at: now)
            case .duringInit(let reason):
                self.lastFailure = reason
                self.backoff.failed(at: now)
                if let call = self.queue.popFirst() { action.failed.append(call) }
            }
            // Nobody is left to serve those that wait, and none may be started: they would wait for ever.
            if self.processCount == 0, self.backoff.isPausing(at: now) {
                action.failed += self.queue
                self.queue.removeAll()
            }
            action.reason = self.lastFailure
            action.start = self.startIfNeeded(now: now)
            return action
        }

        // MARK: Having too many

        private var nextReap: NIODeadline? {
            guard self.processCount - self.ending.count > self.minimumProcesses, let first = self.idle.first else { return nil }
            return first.since + self.idleTimeout
        }

        /// The processes to end now since they have had nothing to do for too long, and when to look again.
        mutating func reap(now: NIODeadline) -> (end: [Int], next: NIODeadline?) {
            var end: [Int] = []
            while let due = self.nextReap, due <= now {
                // One by one, so that the next look counts one less.
                end.append(self.idle.removeFirst().process)
            }
            self.ending.formUnion(end)
            return (end, self.nextReap)
        }

        /// No call is taken any more.
        ///
        /// - Returns: the calls that waited, and the processes that have nothing to do. Busy ones are to go on.
        mutating func shutdown() -> (failed: [Call], end: [Int]) {
            self.isShuttingDown = true
            let failed = Array(self.queue)
            self.queue.removeAll()
            let end = self.idle.map(\.process) + self.starting
            self.ending.formUnion(end)
            self.idle = []
            self.starting = []
            return (failed, end)
        }
    }
}
