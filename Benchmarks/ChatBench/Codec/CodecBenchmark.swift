import ArgumentParser

/// What encoding and decoding cost, the chat's JSON and WebSocket: time here, instructions and allocations by valgrind where it is to be
/// had.
struct CodecBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec", abstract: "Nanoseconds, instructions and allocations of encoding and decoding: JSON, frames, compression.")

    @OptionGroup var report: FigureOptions

    @Option(help: "Only run this operation, and report nothing: for a profiler.")
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
        var figures = CodecReport(iterations: self.iterations)
        var counts: [Callgrind.Count] = []
        do throws(Callgrind.Unavailable) {
            counts = try Callgrind.counts(of: CodecOperation.all, iterations: self.iterations)
        } catch {
            figures.unavailable = error.reason
        }
        for (index, operation) in CodecOperation.all.enumerated() {
            let count = counts.isEmpty ? nil : counts[index]
            figures.rows.append(
                CodecReport.Row(
                    operation: operation.name, about: operation.about, nanoseconds: try self.time(operation),
                    instructions: count?.instructions, allocations: count?.allocations))
        }
        print(figures.table)
        try self.report.write(figures)
    }

    private func time(_ operation: CodecOperation) throws -> CodecReport.Time {
        let clock = ContinuousClock()
        let run = try operation.prepare()
        let end = clock.now + .seconds(self.seconds)
        var stretches: [Double] = []
        repeat {
            let stretch = try clock.measure { for _ in 0..<self.iterations { try run() } }
            stretches.append(stretch / .nanoseconds(1) / Double(self.iterations))
        } while clock.now < end
        return CodecReport.Time(stretches: stretches)
    }
}
