import ArgumentParser

/// What encoding and decoding cost: time here, instructions and allocations by valgrind where it is to be had.
struct CodecBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec", abstract: "Nanoseconds, instructions and allocations of encoding and decoding.")

    @Option(help: "Only run this operation, and print nothing: for a profiler.")
    var only: String?

    @Option(help: "How often; for valgrind it runs so often and twice as often.")
    var iterations = 1000

    @Option(help: "Seconds that each operation's time is taken for.")
    var seconds = 0.3

    func validate() throws {
        guard self.iterations > 0, self.seconds > 0 else { throw ValidationError("--iterations and --seconds must be more than 0.") }
        if let only, CodecOperation.named(only) == nil {
            throw ValidationError("--only must be one of \(CodecOperation.all.map(\.name).joined(separator: ", ")).")
        }
    }

    func run() throws {
        if let only, let operation = CodecOperation.named(only) { return try operation.run(iterations: self.iterations) }
        var counts: [Callgrind.Count] = []
        var unavailable = ""
        do throws(Callgrind.Unavailable) {
            counts = try Callgrind.counts(of: CodecOperation.all, iterations: self.iterations)
        } catch {
            unavailable = error.reason
        }
        var table = MarkdownTable(["operation", "nanoseconds", "instructions", "allocations"])
        for (index, operation) in CodecOperation.all.enumerated() {
            let count = counts.isEmpty ? nil : counts[index]
            table.add([
                "\(operation.name) (\(operation.about))", Figure.short(try self.nanoseconds(operation)),
                count.map { Figure.integer($0.instructions) } ?? unavailable, count.map { Figure.short($0.allocations) } ?? unavailable,
            ])
        }
        print(table)
    }

    /// The best of several stretches: what is in the way only ever makes them longer.
    private func nanoseconds(_ operation: CodecOperation) throws -> Double {
        let clock = ContinuousClock()
        let run = try operation.prepare()
        let end = clock.now + .seconds(self.seconds)
        var best = Duration.seconds(1)
        repeat {
            best = min(best, try clock.measure { for _ in 0..<self.iterations { try run() } })
        } while clock.now < end
        return best / .nanoseconds(1) / Double(self.iterations)
    }
}
