import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Starts one process in a process group of its own and waits for its end.
///
/// By swift-subprocess: it starts the process with nothing of ours but the three standard descriptors and with the usual signal handling, learns
/// of its end without a thread a process, and leaves no zombie. Its output is not read through it: it stops reading when the process has ended,
/// and the last lines of a crash are the ones that matter.
struct ProcessLauncher: Sendable {
    var command: [String]
    var workingDirectory: String?
    var environment: [String: String]
    /// Where standard output and standard error go. It is closed here, whatever happens.
    var output: Int32

    enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        case failedToStart(reason: String)
    }

    /// - Parameter started: called with the process id, which is the id of its group too.
    func run(started: @Sendable (Int32) -> Void) async -> End {
        guard let program = self.command.first, !program.isEmpty else {
            _ = close(self.output)
            return .failedToStart(reason: "the command is empty")
        }
        var platform = PlatformOptions()
        platform.processGroupID = 0
        let variables = self.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(self.command.dropFirst())),
                environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
                workingDirectory: self.workingDirectory.map { FilePath($0) },
                platformOptions: platform,
                input: .none,
                output: .fileDescriptor(FileDescriptor(rawValue: self.output), closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) { started($0.processIdentifier.value) }
            return switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signalled(signal)
            }
        } catch {
            return .failedToStart(reason: "\(error)")
        }
    }

    /// Sends a signal to a process and all that it has started, so far as they have stayed in its group. One that is gone is no error.
    static func send(_ signal: Int32, toGroup process: Int32) {
        guard process > 1 else { return }
        _ = kill(-process, signal)
    }

    static let terminate = SIGTERM
    static let forceKill = SIGKILL

    /// A pipe that no process inherits.
    static func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

extension ProcessLauncher.End {
    /// As Lambda says it: `Runtime exited with error: exit status 1`.
    var reason: String {
        switch self {
        case .exited(0): "Runtime exited without providing a reason"
        case .exited(let code): "Runtime exited with error: exit status \(code)"
        case .signalled(let signal): "Runtime exited with error: signal: \(Self.name(ofSignal: signal))"
        case .failedToStart(let reason): "Runtime failed to start: \(reason)"
        }
    }

    private static func name(ofSignal signal: Int32) -> String {
        switch signal {
        case SIGABRT: "aborted"
        case SIGBUS: "bus error"
        case SIGFPE: "floating point exception"
        case SIGHUP: "hangup"
        case SIGILL: "illegal instruction"
        case SIGINT: "interrupt"
        case SIGKILL: "killed"
        case SIGPIPE: "broken pipe"
        case SIGSEGV: "segmentation fault"
        case SIGTERM: "terminated"
        case SIGTRAP: "trace/breakpoint trap"
        default: "signal \(signal)"
        }
    }
}
