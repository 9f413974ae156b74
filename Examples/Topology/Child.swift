import Foundation

/// A process of the topology: it has started once it says `listening on URL`, and ends with this one.
final class Child: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    let name: String
    private let process: Process
    /// Where it listens.
    let url: String

    /// Starts a process and waits until it listens. Its standard error is this one's.
    init(_ name: String, _ program: String, _ arguments: [String]) throws {
        self.name = name
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        self.process = process
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                process.waitUntilExit()
                throw Failure(description: "\(name) ended before it listened, with status \(process.terminationStatus).")
            }
            text += String(decoding: data, as: UTF8.self)
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }), text.hasSuffix("\n") else {
                continue
            }
            self.url = String(line.dropFirst("listening on ".count))
            break
        }
        // What it says later is shown, and its pipe never fills up.
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { FileHandle.standardError.write(data) }
        }
    }

    var processIdentifier: Int32 { self.process.processIdentifier }

    /// Asks it to end, and waits until it has.
    func stop() {
        if self.process.isRunning { self.process.terminate() }
        self.process.waitUntilExit()
    }
}
