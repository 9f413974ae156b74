import Subprocess
import Synchronization

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

/// Ends a host's processes if the host cannot do so any more, were it killed.
///
/// It is a shell that is told of every process and reads from a pipe that nobody but the host can write to: when the pipe ends, so has the host,
/// and the shell kills the process groups that it still knows. The kernel's own way, `PR_SET_PDEATHSIG`, was left: it is to be set between fork
/// and exec, where swift-subprocess lets nobody in, is Linux's alone, goes off when the starting thread ends, and spares grandchildren.
final class OrphanGuard: Sendable {
    /// In plain POSIX shell. A number is taken out again when its process is gone, so that none is killed that got the number later.
    private static let script = """
        known=' '
        while read -r sign group; do
            case $sign in
            +) known="$known$group " ;;
            -) case $known in *" $group "*) known="${known%%" $group "*} ${known#*" $group "}" ;; esac ;;
            esac
        done
        for group in $known; do kill -s KILL -- "-$group" 2>/dev/null; done
        exit 0
        """

    private enum State {
        case notStarted
        case running(write: Int32, task: Task<Void, Never>)
        case closed
    }

    private let state = Mutex(State.notStarted)

    /// Starts the guard, unless it runs. Without one (no pipe to be had) all goes on, only without its protection.
    func start() {
        self.state.withLock { state in
            guard case .notStarted = state, let (read, write) = try? ProcessLauncher.makePipe() else { return }
            // Nobody may wait for the guard: if it should hang, what it is told is lost.
            _ = fcntl(write, F_SETFL, O_NONBLOCK)
            state = .running(write: write, task: Task { await Self.run(input: read) })
        }
    }

    private static func run(input: Int32) async {
        var platform = PlatformOptions()
        // Of its own, so that what a terminal sends to the host does not reach it.
        platform.processGroupID = 0
        _ = try? await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", Self.script], environment: .custom([Environment.Key: String]()), platformOptions: platform,
            input: .fileDescriptor(FileDescriptor(rawValue: input), closeAfterSpawningProcess: true), output: .discarded, error: .discarded)
    }

    func add(_ group: Int32) { self.write("+ \(group)\n") }

    func remove(_ group: Int32) { self.write("- \(group)\n") }

    private func write(_ line: String) {
        self.state.withLock { state in
            guard case .running(let descriptor, _) = state else { return }
            var line = line
            // SwiftNIO ignores SIGPIPE, so that a guard that is gone is an error here and no end.
            line.withUTF8 { _ = Self.systemWrite(descriptor, $0.baseAddress, $0.count) }
        }
    }

    /// Lets the guard go, as the end of the host would: it kills what it still knows. Returns when it is gone.
    func close() async {
        let task = self.state.withLock { state -> Task<Void, Never>? in
            defer { state = .closed }
            guard case .running(let descriptor, let task) = state else { return nil }
            _ = Self.systemClose(descriptor)
            return task
        }
        await task?.value
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
        Darwin.write(descriptor, bytes, count)
        #elseif canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Musl.write(descriptor, bytes, count)
        #endif
    }

    private static func systemClose(_ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
        Darwin.close(descriptor)
        #elseif canImport(Glibc)
        Glibc.close(descriptor)
        #else
        Musl.close(descriptor)
        #endif
    }
}
