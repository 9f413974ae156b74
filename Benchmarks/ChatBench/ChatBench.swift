import ArgumentParser
import Dispatch
import Foundation

@main
enum Program {
    static func main() {
        // valgrind does not survive the threads that an asynchronous main starts, and has only what is counted to look at.
        if CommandLine.arguments.dropFirst().first == CodecBenchmark.configuration.commandName {
            return CodecBenchmark.main(Array(CommandLine.arguments.dropFirst(2)))
        }
        Task {
            await ChatBench.main()
            exit(0)
        }
        dispatchMain()
    }
}

/// Measures the parts that a chat's speed depends on. Ratios within one run count; absolute figures are the machine's.
struct ChatBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-bench", abstract: "Benchmarks of the chat.", subcommands: Self.subcommands)

    #if os(Linux)
    private static let subcommands: [any ParsableCommand.Type] = [
        BroadcastBenchmark.self, ConnectBenchmark.self, CodecBenchmark.self, StoreBenchmark.self, LoadCommand.self,
    ]
    #else
    // The load generator uses epoll, and servers are measured through /proc.
    private static let subcommands: [any ParsableCommand.Type] = [CodecBenchmark.self, StoreBenchmark.self]
    #endif
}
