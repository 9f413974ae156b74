/// A Lambda function: a command that speaks the Lambda Runtime API.
public struct FunctionDefinition: Sendable, Equatable {
    /// The program and its arguments: `["./bootstrap"]`, `["python3", "-m", "awslambdaric", "app.handler"]`. At least one word. A program
    /// without `/` is looked up in `PATH`; a relative one is relative to ``workingDirectory``.
    public var command: [String]

    /// Where it starts: `LAMBDA_TASK_ROOT`. `nil`, the default, is the gateway's own.
    public var workingDirectory: String?

    /// What it finds in its environment beside what Lambda sets. Default nothing. Values may be secrets and reach no log.
    public var environment: [String: String]

    /// `_HANDLER`: `module.function`. Default `bootstrap`.
    public var handler: String

    /// How long one invocation may take: 1 s to 900 s. Default 3 s, as Lambda's. After it the process is killed.
    public var timeout: Duration

    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE` in MiB: 128 to 10,240. Default 128. It is told, not enforced.
    public var memory: Int

    /// The most processes at once, one invocation each: 1 to 1,000. Default 4. When all are busy an invocation waits, and the gateway
    /// says for how long.
    public var concurrency: Int

    /// The key that it gets as `AWS_ACCESS_KEY_ID`, one of ``APIDefinition/accessKeys``. `nil`, the default, gives it none.
    public var accessKeyId: String?

    public init(
        command: [String], workingDirectory: String? = nil, environment: [String: String] = [:], handler: String = "bootstrap",
        timeout: Duration = .seconds(3), memory: Int = 128, concurrency: Int = 4, accessKeyId: String? = nil
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.handler = handler
        self.timeout = timeout
        self.memory = memory
        self.concurrency = concurrency
        self.accessKeyId = accessKeyId
    }
}

extension FunctionDefinition: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The command and the names of the environment: never its values.
    public var description: String {
        "FunctionDefinition(command: \(self.command), environment: \(self.environment.keys.sorted()))"
    }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: ["command": self.command, "environment": self.environment.keys.sorted()]) }
}
