import NIOCore

/// The processes of one function and the calls that wait for them. Used on its event loop only.
final class FunctionPool {
    /// Why a process is gone.
    typealias End = StateMachine<Invocation>.End

    private let function: FunctionContext
    private let loop: any EventLoop
    private var machine: StateMachine<Invocation>
    private var processes: [Int: FunctionProcess] = [:]
    private let reaper: LazyTimer
    private let starter: LazyTimer
    private var whenEmpty: EventLoopPromise<Void>?

    init(function: FunctionContext, loop: any EventLoop) {
        self.function = function
        self.loop = loop
        self.machine = StateMachine(function.configuration)
        self.reaper = LazyTimer(loop: loop)
        self.starter = LazyTimer(loop: loop)
    }

    func invoke(_ invocation: Invocation) {
        switch self.machine.invoke(invocation, now: .now()) {
        case .deliver(let process): self.processes[process]?.deliver(invocation)
        case .wait(let process?): self.start(process)
        case .wait(nil): self.armStarter()
        case .refuse(let outcome): invocation.complete(outcome)
        }
    }

    private func start(_ id: Int) {
        let process = FunctionProcess(id: id, function: self.function, pool: self, loop: self.loop)
        self.processes[id] = process
        process.start()
    }

    // MARK: What processes tell

    func ready(_ process: FunctionProcess) {
        switch self.machine.ready(process.id, now: .now()) {
        case .deliver(let invocation): process.deliver(invocation)
        case .idle(let reapAt?): self.armReaper(at: reapAt)
        case .idle(nil): break
        case .end: process.terminate(.harmless)
        }
    }

    func answered() { self.machine.answered() }

    func unavailable(_ process: FunctionProcess) { self.machine.unavailable(process.id) }

    func ended(_ process: FunctionProcess, _ end: End) {
        self.processes[process.id] = nil
        let action = self.machine.ended(process.id, end, now: .now())
        for invocation in action.failed { invocation.complete(.failed(reason: action.reason)) }
        if let id = action.start { self.start(id) }
        self.armStarter()
        if self.processes.isEmpty {
            self.whenEmpty?.succeed()
            self.whenEmpty = nil
        }
    }

    /// Those that wait are not to depend on another call or another end to get a process once a pause is over.
    private func armStarter() {
        guard let time = self.machine.retryAt(now: .now()) else { return }
        self.starter.onFire {
            while let id = self.machine.startIfNeeded(now: .now()) { self.start(id) }
            self.armStarter()
        }
        self.starter.arm(at: time)
    }

    private func armReaper(at time: NIODeadline) {
        self.reaper.onFire { self.reap() }
        self.reaper.arm(at: time)
    }

    private func reap() {
        let (end, next) = self.machine.reap(now: .now())
        for id in end { self.processes[id]?.terminate(.harmless) }
        if let next { self.armReaper(at: next) }
    }

    // MARK: Shutting down

    /// Takes no more calls, lets those that are under way end, and ends every process.
    ///
    /// - Returns: done when no process is left.
    func shutdown() -> EventLoopFuture<Void> {
        if let whenEmpty = self.whenEmpty { return whenEmpty.futureResult }
        let (failed, idle) = self.machine.shutdown()
        self.reaper.cancel()
        self.starter.cancel()
        for invocation in failed { invocation.complete(.failed(reason: "the host is shutting down")) }
        for id in idle { self.processes[id]?.terminate(.harmless) }
        guard !self.processes.isEmpty else { return self.loop.makeSucceededVoidFuture() }
        let promise = self.loop.makePromise(of: Void.self)
        self.whenEmpty = promise
        let drain = self.loop.assumeIsolated().scheduleTask(in: TimeAmount(self.function.host.drainTimeout)) {
            for process in self.processes.values { process.terminate(.harmless) }
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in drain.cancel() }
        return promise.futureResult
    }
}
