/// What all functions of a host share.
public struct LambdaHostConfiguration: Sendable {
    /// Told to functions as `AWS_REGION`, and part of their ARN. Default `us-east-1`.
    public var region = "us-east-1"

    /// Twelve digits, part of the functions' ARN. Default `123456789012`.
    public var accountId = "123456789012"

    /// The largest event and the largest answer, in bytes. Default 6 MiB and 100 bytes, as on Lambda. Stops a function or a client from
    /// filling the memory.
    public var maximumPayloadBytes = 6 * 1024 * 1024 + 100

    /// The longest line of output that is handed on in one piece, in bytes. Default 16,384. A longer one comes in several pieces. Stops a
    /// function that never ends a line from filling the memory.
    public var maximumLineBytes = 16 * 1024

    /// Whether the log gets `START`, `END` and `REPORT` lines for every call, as CloudWatch does. Default true.
    public var reportsInvocations = true

    /// How long a shutdown waits for calls that are under way. Default 10 s.
    public var drainTimeout: Duration = .seconds(10)

    /// How long a process may take to end after SIGTERM before it gets SIGKILL. Default 2 s.
    public var terminationTimeout: Duration = .seconds(2)

    /// The host's own environment, of which functions get ``inheritedVariables`` only. Default: empty, then `PATH` is the usual one.
    public var environment: [String: String] = [:]

    /// The names of what functions get of the host's environment. Default: where programs, temporary files and the home are, and the
    /// language. Nothing else is handed on, so that the host's secrets stay with the host.
    public var inheritedVariables: Set<String> = ["HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "USER"]

    public init() {}
}
