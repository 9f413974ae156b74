import Foundation

/// A server that takes connections, and what is to be cleared away after it.
struct RunningServer {
    var process: ServerProcess
    var endpoint: ServerEndpoint
    /// A folder of its own, removed with it.
    var folder: String?

    func stop() {
        self.process.stop()
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// What the load generator is told.
    var loadArguments: [String] {
        self.endpoint.arguments + self.process.processIdentifiers.flatMap { ["--server-process", "\($0)"] }
    }
}
