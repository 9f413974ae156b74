import ArgumentParser
import ChatTransport

/// Connections up to very many: what one costs to open and to keep, whether all are reached, how long it takes to end.
struct ConnectBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "Handshakes a second, bytes of an idle connection, and the end, beside other servers.")

    @OptionGroup var servers: ServerOptions
    @OptionGroup var report: ReportOptions

    @Option(help: "Connections at the end.")
    var connections = 19_000

    @Option(help: "Seconds that connections are idle before memory is read.")
    var settle = 0.5

    @Option(help: "Rounds; in each, every server is measured once, and medians are shown.")
    var rounds = 1

    func validate() throws {
        guard (1...19_900).contains(self.connections) else {
            throw ValidationError("--connections must be between 1 and 19,900: a process may not have more open files.")
        }
        guard self.rounds > 0, self.settle >= 0 else { throw ValidationError("--rounds must be more than 0, --settle not less.") }
    }

    /// Where it is measured on the way.
    private var steps: [Int] { [1000, 5000, 10_000].filter { $0 < self.connections } + [self.connections] }

    func run() async throws {
        OpenFileLimit.raise()
        var figures = ConnectReport(steps: self.steps)
        for _ in 0..<self.rounds {
            for server in self.servers.servers where figures.missing[server.rawValue] == nil {
                do {
                    let running = try await self.servers.start(server)
                    defer { running.stop() }
                    figures.add(.success(try self.load(running)), server: server)
                } catch let error as NotInstalled {
                    figures.missing[server.rawValue] = error.description
                } catch {
                    figures.add(.failure(error), server: server)
                }
            }
        }
        print(figures.table(servers: self.servers.servers))
        try self.report.write(figures, chart: figures.chart)
        try self.report.check(figures.complaints)
    }

    private func load(_ running: RunningServer) throws -> ConnectResult {
        let steps = self.steps.flatMap { ["--step", "\($0)"] }
        return try LoadProcess.run(["connect", "--settle", "\(self.settle)"] + steps + running.loadArguments, as: ConnectResult.self)
    }
}
