import Foundation
import Glibc

/// A server under measurement, in a process of its own.
final class ServerProcess {
    /// How it is known that the server takes connections.
    enum Readiness {
        /// It prints a line `listening on HOST:PORT`.
        case line
        /// It takes a connection on this port.
        case port(Int)
    }

    private static let startTimeout = 20.0
    private static let stopTimeout = 15.0

    private let process: Process
    private(set) var port = 0

    init(_ executable: String, _ arguments: [String], readiness: Readiness) throws {
        // What it has to say of clients that go without a goodbye is no news.
        let output = Pipe()
        self.process = try PinnedCommand(executable, arguments, processor: PinnedCommand.serverProcessor)
            .run(output: output, errors: FileHandle.nullDevice)
        do {
            switch readiness {
            case .line: self.port = try Self.portOfLine(in: output.fileHandleForReading)
            case .port(let port):
                try self.awaitConnection(port)
                self.port = port
            }
        } catch {
            self.stop()
            throw error
        }
    }

    /// It and what it started.
    var processIdentifiers: [Int32] {
        func family(_ process: Int32) -> [Int32] {
            let tasks = "/proc/\(process)/task"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            let children = names.flatMap { task in
                let text = (try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)) ?? ""
                return text.split(separator: " ").compactMap { Int32($0) }
            }
            return [process] + children.flatMap(family)
        }
        return family(self.process.processIdentifier)
    }

    func stop() {
        if self.process.isRunning { self.process.terminate() }
        let deadline = Date(timeIntervalSinceNow: Self.stopTimeout)
        while self.process.isRunning, Date() < deadline { usleep(5000) }
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        self.process.waitUntilExit()
    }

    private static func portOfLine(in output: FileHandle) throws -> Int {
        var text = ""
        let deadline = Date(timeIntervalSinceNow: Self.startTimeout)
        while true {
            var waiting = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(max(0, deadline.timeIntervalSinceNow) * 1000)) > 0 else {
                throw LoadError("the server did not say where it listens")
            }
            let data = output.availableData
            guard !data.isEmpty else { throw LoadError("the server ended before it listened") }
            text += String(decoding: data, as: UTF8.self)
            guard let end = text.lastIndex(of: "\n") else { continue }
            let line = text[..<end].split(separator: "\n").first { $0.hasPrefix("listening on ") }
            if let port = line?.split(separator: ":").last.flatMap({ Int($0) }) { return port }
        }
    }

    private func awaitConnection(_ port: Int) throws {
        let deadline = Date(timeIntervalSinceNow: Self.startTimeout)
        while Date() < deadline, self.process.isRunning {
            if ClientSocket.takesConnections(port: port) { return }
            usleep(20_000)
        }
        throw LoadError("the server does not listen")
    }
}
