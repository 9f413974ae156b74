/// One function: the command that runs it and what its processes may take.
public struct LambdaFunctionConfiguration: Sendable {
    /// The program and its arguments. The program is a path, or a name that is looked up in the `PATH` the function gets. Not empty.
    /// It has to fetch its events from the Lambda Runtime API.
    public var command: [String]

    /// Where the command runs; the function sees it as `LAMBDA_TASK_ROOT`. Nil, the default, for the host's own working directory.
    public var workingDirectory: String?

    /// What the function gets besides the variables that Lambda sets, credentials included. A name that Lambda sets may be given another
    /// value, `AWS_LAMBDA_RUNTIME_API` excepted. Default: none.
    public var environment: [String: String]

    /// The name of the function in its code, such as `app.handler`; the function sees it as `_HANDLER`. Default: `function.handler`.
    public var handler: String

    /// How long one call may take before its process is killed. Default 3 s, as on Lambda.
    public var timeout: Duration

    /// What the function is told that it may take, in MiB; its processes are not held to it. Default 128, as on Lambda.
    public var memory: Int

    /// The most processes at one time. Each serves one call at a time. Default 10. Stops a flood of calls from filling the machine.
    public var concurrency: Int

    /// How long a new process may take until it asks for its first event. Default 10 s, as on Lambda.
    public var initTimeout: Duration

    /// Calls that may wait for a process. Default 100; one more is throttled. Stops a flood of calls from filling the memory.
    public var maximumQueueLength: Int

    /// How long a process may have nothing to do before it is ended, so long as there are more than ``minimumProcesses``. Default 5 min.
    public var idleTimeout: Duration

    /// How many processes are kept although they have nothing to do. They are not started before they are needed. Default 1.
    public var minimumProcesses: Int

    public init(
        command: [String], workingDirectory: String? = nil, environment: [String: String] = [:], handler: String = "function.handler",
        timeout: Duration = .seconds(3), memory: Int = 128, concurrency: Int = 10, initTimeout: Duration = .seconds(10),
        maximumQueueLength: Int = 100, idleTimeout: Duration = .seconds(300), minimumProcesses: Int = 1
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.handler = handler
        self.timeout = timeout
        self.memory = memory
        self.concurrency = concurrency
        self.initTimeout = initTimeout
        self.maximumQueueLength = maximumQueueLength
        self.idleTimeout = idleTimeout
        self.minimumProcesses = minimumProcesses
    }
}
