import Foundation

/// The load generator as a process of its own, on a processor of its own.
enum LoadProcess {
    /// Runs it to its end.
    ///
    /// - Throws: ``LoadError`` with what it said, if it gives no figures.
    static func run<Result: Decodable>(_ arguments: [String], as: Result.Type) throws -> Result {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let (output, errors) = (Pipe(), Pipe())
        let process = try PinnedCommand(program, ["load"] + arguments, processor: PinnedCommand.loadProcessor)
            .run(output: output, errors: errors)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let lines = String(decoding: said, as: UTF8.self).split(separator: "\n")
            throw LoadError(lines.first.map { String($0.trimmingPrefix("Error: ")) } ?? "the load generator failed")
        }
        return try JSONDecoder().decode(Result.self, from: data)
    }
}
