import NIOCore

/// The log of one process: what it writes, and what Lambda writes around each of its calls.
struct ProcessLog {
    private let function: FunctionContext
    private let process: Int
    var processId: Int32?
    private var requestId: String?
    private var began = NIODeadline.now()
    private var initDuration: TimeAmount?
    /// Held back until the process asks for the next event, so that the lines that it wrote before it answered come first.
    private var pending: InvocationReport?
    private var memory: (used: Int, at: NIODeadline)?

    /// To ask the system costs some microseconds: not for every call.
    private static let memoryInterval = TimeAmount.seconds(1)

    init(function: FunctionContext, process: Int) {
        self.function = function
        self.process = process
    }

    func write(_ text: String, source: LambdaLogLine.Source) {
        self.function.sink(
            LambdaLogLine(function: self.function.name, process: self.process, requestId: self.requestId, source: source, text: text))
    }

    mutating func ready(initDuration: TimeAmount?) {
        if let initDuration { self.initDuration = initDuration }
        self.finish()
    }

    mutating func begin(_ requestId: String, at now: NIODeadline) {
        self.requestId = requestId
        self.began = now
        guard self.function.host.reportsInvocations else { return }
        self.write(InvocationReport.start(requestId), source: .platform)
    }

    mutating func answered(didTimeOut: Bool) {
        guard self.function.host.reportsInvocations, let requestId else { return }
        let now = NIODeadline.now()
        self.pending = InvocationReport(
            requestId: requestId, duration: now - self.began, initDuration: self.initDuration,
            memory: self.function.configuration.memory, maximumMemoryUsed: self.memoryUsed(at: now), didTimeOut: didTimeOut)
        self.initDuration = nil
    }

    /// The call is over, and what it wrote has been read.
    mutating func finish() {
        guard let report = self.pending else { return }
        self.pending = nil
        self.write(report.end, source: .platform)
        self.write(report.report, source: .platform)
    }

    private mutating func memoryUsed(at now: NIODeadline) -> Int? {
        if let memory, now - memory.at < Self.memoryInterval { return memory.used }
        guard let processId, let used = ProcessMemory.peak(of: processId) else { return self.memory?.used }
        self.memory = (used, now)
        return used
    }
}
