import Foundation

/// A server under measurement, in a process of its own.
final class ServerProcess {
    private let process = Process()
    private let output = Pipe()
    /// `http://HOST:PORT`.
    let url: String
    let port: Int
    let processIdentifier: Int32

    /// Starts it on one processor where that can be said, and waits for its line `listening on`.
    init(executable: String, arguments: [String], processor: Int?) throws {
        if let processor, FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset") {
            self.process.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
            self.process.arguments = ["-c", "\(processor)", executable] + arguments
        } else {
            self.process.executableURL = URL(fileURLWithPath: executable)
            self.process.arguments = arguments
        }
        self.process.standardOutput = self.output
        try self.process.run()
        self.processIdentifier = self.process.processIdentifier
        var text = ""
        while !text.contains("\n") {
            let data = self.output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.executableLoad) }
            text += String(decoding: data, as: UTF8.self)
        }
        let prefix = "listening on "
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }),
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        else { throw CocoaError(.executableLoad) }
        self.url = String(line.dropFirst(prefix.count))
        self.port = port
    }

    /// Time on a processor since it started, all threads together, in nanoseconds.
    func processorTime() throws -> UInt64 {
        let tasks = "/proc/\(self.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).reduce(0) { sum, task in
            let text = (try? String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }

    /// Resident memory, in bytes.
    func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(self.processIdentifier)/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
    }

    func stop() {
        self.process.terminate()
        self.process.waitUntilExit()
    }
}
