import Foundation

/// Instructions and allocations counted by valgrind, which noise of the machine does not move.
struct Callgrind {
    struct Count {
        var instructions: Double
        var allocations: Double
    }

    /// Why nothing is counted.
    struct Unavailable: Error {
        var reason: String
    }

    private static let allocators: Set<String> = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"]
    private let valgrind: String
    private let folder: URL
    private var program: URL { self.folder.appendingPathComponent("chat-bench") }

    /// What one run of each operation costs.
    ///
    /// - Parameter iterations: how many runs are counted, and then twice as many.
    static func counts(of operations: [CodecOperation], iterations: Int) throws(Unavailable) -> [Count] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("chat-bench-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let callgrind = Callgrind(valgrind: try Self.tool("valgrind"), folder: folder)
        // Debian 12's valgrind gives up at the debug information of a Swift 6 program.
        let strip = try Self.tool("strip")
        guard Self.run(strip, ["--strip-debug", "-o", callgrind.program.path, Bundle.main.executablePath ?? ""]) else {
            throw Unavailable(reason: "strip failed")
        }
        var counts: [Count] = []
        for operation in operations { counts.append(try callgrind.count(operation, iterations: iterations)) }
        return counts
    }

    /// What twice as many runs cost more, so that starting the program does not count.
    private func count(_ operation: CodecOperation, iterations: Int) throws(Unavailable) -> Count {
        let once = try self.total(operation, iterations: iterations)
        let twice = try self.total(operation, iterations: 2 * iterations)
        return Count(
            instructions: (twice.instructions - once.instructions) / Double(iterations),
            allocations: (twice.allocations - once.allocations) / Double(iterations))
    }

    private func total(_ operation: CodecOperation, iterations: Int) throws(Unavailable) -> Count {
        let file = self.folder.appendingPathComponent("callgrind.out")
        let arguments = ["--tool=callgrind", "--quiet", "--callgrind-out-file=\(file.path)", self.program.path]
        guard Self.run(self.valgrind, arguments + ["codec", "--only", operation.name, "--iterations", "\(iterations)"]),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { throw Unavailable(reason: "valgrind failed") }
        return Self.parse(text)
    }

    private static func tool(_ name: String) throws(Unavailable) -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }) else {
            throw Unavailable(reason: "\(name) is not installed")
        }
        return "\(folder)/\(name)"
    }

    private static func run(_ executable: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        // Hash seeds would differ from run to run, and with them the work of starting.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Reads callgrind's output (valgrind manual, "Callgrind Format Specification"): `cfn=(id) name` says which function the next
    /// line `calls=count …` calls; the name stands there the first time only, in `fn=` or `cfn=`.
    static func parse(_ text: String) -> Count {
        var names: [Substring: Bool] = [:]
        var isAllocator = false
        var count = Count(instructions: 0, allocations: 0)
        for bytes in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = Substring(bytes)
            if line.hasPrefix("fn=") || line.hasPrefix("cfn=") {
                let parts = line.drop { $0 != "=" }.dropFirst().split(separator: " ", maxSplits: 1)
                if parts.count == 2 { names[parts[0]] = Self.allocators.contains(String(parts[1])) }
                if line.hasPrefix("c") { isAllocator = parts.first.flatMap { names[$0] } ?? false }
            } else if line.hasPrefix("calls=") {
                if isAllocator { count.allocations += Double(line.dropFirst("calls=".count).prefix { $0 != " " }) ?? 0 }
            } else if line.hasPrefix("totals:") {
                count.instructions = Double(line.split(separator: " ").last ?? "") ?? 0
            }
        }
        return count
    }
}
