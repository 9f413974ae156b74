import ArgumentParser

/// Measures the parts that a chat's speed depends on. Ratios within one run count; absolute figures are the machine's.
@main
struct ChatBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-bench",
        abstract: "Benchmarks of the chat.",
        subcommands: [StoreBenchmark.self, BroadcastBenchmark.self])
}
