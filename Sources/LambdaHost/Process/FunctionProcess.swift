import NIOCore
import NIOPosix

/// One process of a function, with its end of the Runtime API. Used on its event loop only.
final class FunctionProcess {
    let id: Int
    let loop: any EventLoop
    let function: FunctionContext
    /// It lets go of this process when it is gone.
    let pool: FunctionPool

    var machine = StateMachine()
    var invocation: Invocation?
    /// Where the question for the next event waits.
    var waiter: RuntimeAPIHandler?
    /// The present call's, in milliseconds since the epoch.
    var deadline: Int64 = 0
    let timer: LazyTimer
    var log: ProcessLog

    let startedAt = NIODeadline.now()
    private(set) var processId: Int32?
    private var connections: [ObjectIdentifier: RuntimeAPIHandler] = [:]
    private var listener: (any Channel)?
    private var output: (any Channel)?
    private var end: ProcessLauncher.End?
    /// Why it ends, if that was decided here.
    private var cause: FunctionPool.End?
    /// To be sent as soon as there is somebody to send it to.
    private var pendingSignal: Int32?
    private var killTask: Scheduled<Void>?

    /// What a runtime may have open at one time. Stops another program on this machine from filling up our descriptors.
    static let maximumConnections = 32
    /// How long output is read that others keep open whom the process has left behind outside of its group.
    static let outputTimeout = TimeAmount.seconds(1)

    init(id: Int, function: FunctionContext, pool: FunctionPool, loop: any EventLoop) {
        self.id = id
        self.function = function
        self.pool = pool
        self.loop = loop
        self.timer = LazyTimer(loop: loop)
        self.log = ProcessLog(function: function, process: id)
    }

    // MARK: Starting

    func start() {
        self.function.orphans.start()
        self.timer.onFire { self.timeIsUp() }
        self.timer.arm(at: self.startedAt + TimeAmount(self.function.configuration.initTimeout))
        RuntimeAPIListener.bind(for: self, maximumBodyBytes: self.function.host.maximumPayloadBytes, on: self.loop)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    self.listener = channel
                    self.launch(port: channel.localAddress?.port ?? 0)
                case .failure(let error): self.ended(.failedToStart(reason: "\(error)"))
                }
            }
    }

    private func launch(port: Int) {
        guard self.pendingSignal == nil else { return self.ended(.signalled(ProcessLauncher.terminate)) }
        do {
            let (read, write) = try ProcessLauncher.makePipe()
            let environment = FunctionEnvironment(
                function: self.function.name, configuration: self.function.configuration, host: self.function.host,
                logStream: FunctionContext.logStream())
            let launcher = ProcessLauncher(
                command: self.function.command, workingDirectory: self.function.taskRoot,
                environment: environment.variables(runtimeAPI: "127.0.0.1:\(port)", taskRoot: self.function.taskRoot), output: write)
            NIOPipeBootstrap(group: self.loop).takingOwnershipOfDescriptor(input: read)
                .assumeIsolated()
                .whenComplete { self.outputIsOpen($0, launcher: launcher) }
        } catch {
            self.ended(.failedToStart(reason: "\(error)"))
        }
    }

    private func outputIsOpen(_ result: Result<any Channel, any Error>, launcher: ProcessLauncher) {
        guard case .success(let channel) = result else { return self.ended(.failedToStart(reason: "no pipe for its output")) }
        self.output = channel
        do {
            // In time, since nobody writes yet.
            try channel.pipeline.syncOperations.addHandler(
                ProcessOutputHandler(
                    maximumLineBytes: self.function.host.maximumLineBytes, line: { self.log.write($0, source: .function) },
                    ended: {
                        self.output = nil
                        self.finishIfGone()
                    }))
        } catch {
            return self.ended(.failedToStart(reason: "\(error)"))
        }
        let process = NIOLoopBound(self, eventLoop: self.loop)
        let loop = self.loop
        // A task a process, not a call.
        Task {
            let end = await launcher.run { id in loop.execute { process.value.started(id) } }
            loop.execute { process.value.ended(end) }
        }
    }

    private func started(_ processId: Int32) {
        self.processId = processId
        self.log.processId = processId
        self.function.orphans.add(processId)
        if let signal = self.pendingSignal { ProcessLauncher.send(signal, toGroup: processId) }
    }

    // MARK: Connections

    func connected(_ connection: RuntimeAPIHandler) -> Bool {
        guard self.connections.count < Self.maximumConnections, !self.machine.hasEnded else { return false }
        self.connections[ObjectIdentifier(connection)] = connection
        return true
    }

    func disconnected(_ connection: RuntimeAPIHandler) {
        self.connections[ObjectIdentifier(connection)] = nil
        guard self.waiter === connection else { return }
        self.waiter = nil
        guard self.machine.waiterLost() else { return }
        self.timer.arm(at: .now() + TimeAmount(self.function.configuration.initTimeout))
        self.pool.unavailable(self)
    }

    // MARK: Ending

    /// Ends it at once, and all that it has started.
    func kill(_ cause: FunctionPool.End) {
        if self.cause == nil { self.cause = cause }
        self.signal(ProcessLauncher.forceKill)
    }

    /// Asks it to end, and ends it if it does not.
    func terminate(_ cause: FunctionPool.End) {
        if self.cause == nil { self.cause = cause }
        self.signal(ProcessLauncher.terminate)
        self.killLater()
    }

    /// Lets it end by itself, and ends it if it does not.
    func expectEnd(_ cause: FunctionPool.End) {
        if self.cause == nil { self.cause = cause }
        self.killLater()
    }

    private func killLater() {
        guard self.killTask == nil else { return }
        self.killTask = self.loop.assumeIsolated().scheduleTask(in: TimeAmount(self.function.host.terminationTimeout)) {
            self.signal(ProcessLauncher.forceKill)
        }
    }

    private func signal(_ signal: Int32) {
        guard self.end == nil else { return }
        if let processId { ProcessLauncher.send(signal, toGroup: processId) }
        self.pendingSignal = signal
    }

    private func ended(_ end: ProcessLauncher.End) {
        self.end = end
        self.killTask?.cancel()
        if let processId {
            // What it has started and left behind. The number cannot have been given to another group yet, which takes a whole round of numbers.
            ProcessLauncher.send(ProcessLauncher.forceKill, toGroup: processId)
            self.function.orphans.remove(processId)
        }
        self.listener?.close(promise: nil)
        self.listener = nil
        self.finishIfGone()
        guard self.output != nil else { return }
        self.killTask = self.loop.assumeIsolated().scheduleTask(in: Self.outputTimeout) { self.output?.close(promise: nil) }
    }

    /// It is gone when it has ended and its last line has been read.
    private func finishIfGone() {
        guard let end, self.output == nil else { return }
        self.killTask?.cancel()
        self.timer.cancel()
        let cause = self.cause(of: end)
        self.log.finish()
        self.waiter = nil
        for connection in self.connections.values { connection.close() }
        self.pool.ended(self, cause)
    }

    private func cause(of end: ProcessLauncher.End) -> FunctionPool.End {
        switch self.machine.end() {
        case .nothing: return self.cause ?? .harmless
        case .whileIdle:
            if self.cause == nil { self.log.write(end.reason, source: .platform) }
            return self.cause ?? .harmless
        case .duringInit:
            if case .harmless = self.cause { return .harmless }
            let cause = self.cause ?? .duringInit(reason: end.reason)
            if self.cause == nil { self.log.write("INIT_REPORT Status: error\tError Type: \(end.reason)", source: .platform) }
            return cause
        case .duringCall(let requestId):
            self.log.write("RequestId: \(requestId) Error: \(end.reason)", source: .platform)
            self.answered(.failed(reason: end.reason))
            return self.cause ?? .duringCall(reason: end.reason)
        }
    }
}
