import Foundation
import Glibc

/// A command on one processor, so that server and load do not share one; without `taskset`, or with one processor, on any.
struct PinnedCommand {
    static let serverProcessor = 0
    static let loadProcessor = 1

    var executable: String
    var arguments: [String]

    init(_ executable: String, _ arguments: [String], processor: Int) {
        let taskset = "/usr/bin/taskset"
        if ProcessInfo.processInfo.processorCount > 1, FileManager.default.isExecutableFile(atPath: taskset) {
            self.executable = taskset
            self.arguments = ["-c", "\(processor)", executable] + arguments
        } else {
            self.executable = executable
            self.arguments = arguments
        }
    }

    /// Starts it with no signal blocked: the threads that run Swift tasks block them all, a child inherits that, and SIGTERM would
    /// be lost on it.
    func run(output: Any?, errors: Any?) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: self.executable)
        process.arguments = self.arguments
        process.standardOutput = output
        process.standardError = errors
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        return process
    }
}
