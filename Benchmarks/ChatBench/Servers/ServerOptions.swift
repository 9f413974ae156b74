import ArgumentParser
import Foundation

/// Which servers are measured, and where they are.
struct ServerOptions: ParsableArguments {
    @Option(parsing: .upToNextOption, help: "Which: \(ServerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var servers: [ServerKind] = ServerKind.allCases

    @Option(help: "Folder with BroadcastServer and ReferenceServer. Default: this program's.")
    var programs: String?

    @Option(help: "Folder with what scripts/bench made of other people's servers.")
    var peers = ".build-bench"

    @Option(help: "What a message that chat has acknowledged survives: power or process.")
    var durability = "power"

    @Option(help: "Where chat's files are made. Default: the working folder, since a memory file system would not be a disk.")
    var folder = "."

    /// A program of this package.
    func program(_ name: String) throws -> String {
        let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        return try self.executable("\(self.programs ?? beside)/\(name)", name)
    }

    /// A program that `scripts/bench` prepared.
    func peer(_ path: String) throws -> String {
        try self.executable("\(self.peers)/\(path)", path)
    }

    private func executable(_ path: String, _ name: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: path) else { throw NotInstalled(name) }
        return path
    }

    /// A folder for one server.
    func makeFolder(in parent: String) throws -> String {
        let folder = "\(parent)/chat-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
