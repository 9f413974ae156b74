import ArgumentParser
import ChatTransport

/// Messages of one sender to everybody, each server in turn, the load in a process of its own.
struct BroadcastBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast", abstract: "Deliveries a second, server time a delivery and latency, beside other servers.")

    @OptionGroup var servers: ServerOptions
    @OptionGroup var report: ReportOptions

    @Option(help: "Connections, all in one room; may be repeated.")
    var connections: [Int] = [1000]

    @Option(help: "Bytes of a message's text.")
    var size = 128

    @Option(help: "Messages under way at once, a closed loop; may be repeated. Default, if there is no --rate either: 1 and 16.")
    var window: [Int] = []

    @Option(help: "Messages a second at fixed times; may be repeated. Default, if there is no --window either: 20.")
    var rate: [Double] = []

    @Option(help: "Seconds a measurement.")
    var seconds = 1.5

    @Option(help: "Rounds; in each, every server is measured once, and medians are shown.")
    var rounds = 3

    func validate() throws {
        guard self.connections.allSatisfy({ (1...19_900).contains($0) }) else {
            throw ValidationError("--connections must be between 1 and 19,900: a process may not have more open files.")
        }
        guard self.rounds > 0, self.seconds > 0, self.size > 0 else {
            throw ValidationError("--rounds, --seconds and --size must be more than 0.")
        }
        guard self.size + 64 < 32_768 else { throw ValidationError("--size must be less than 32,704.") }
    }

    private var modes: [LoadMode] {
        if self.window.isEmpty, self.rate.isEmpty { return [.window(messages: 1), .window(messages: 16), .rate(perSecond: 20)] }
        return self.window.map { .window(messages: $0) } + self.rate.map { .rate(perSecond: $0) }
    }

    func run() async throws {
        OpenFileLimit.raise()
        var figures = BroadcastReport(messageBytes: self.size, durability: self.servers.durability)
        for _ in 0..<self.rounds {
            for connections in self.connections {
                for server in self.servers.servers { await self.measure(server, connections, into: &figures) }
            }
        }
        print(figures.tables(servers: self.servers.servers))
        try self.report.write(figures, chart: figures.chart)
        try self.report.check(figures.complaints)
    }

    private func measure(_ server: ServerKind, _ connections: Int, into figures: inout BroadcastReport) async {
        guard figures.missing[server.rawValue] == nil else { return }
        do {
            let running = try await self.servers.start(server)
            defer { running.stop() }
            for mode in self.modes {
                let outcome = Result { try self.load(running, connections, mode) }
                figures.add(outcome, server: server, connections: connections, mode: mode)
            }
        } catch let error as NotInstalled {
            figures.missing[server.rawValue] = error.description
        } catch {
            for mode in self.modes { figures.add(.failure(error), server: server, connections: connections, mode: mode) }
        }
    }

    private func load(_ running: RunningServer, _ connections: Int, _ mode: LoadMode) throws -> BroadcastResult {
        let arguments = ["broadcast", "--connections", "\(connections)", "--seconds", "\(self.seconds)", "--size", "\(self.size)"]
        return try LoadProcess.run(arguments + mode.arguments + running.loadArguments, as: BroadcastResult.self)
    }
}
