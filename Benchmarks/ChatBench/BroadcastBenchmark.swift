import ArgumentParser
import ChatAuth
import Foundation
import NIOCore
import NIOPosix

/// Messages of one sender to everybody in a room, through the whole of ReferenceServer: tokens, sequence, SQLite.
struct BroadcastBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast", abstract: "Deliveries a second and server time a delivery, through ReferenceServer with SQLite.")

    @Option(help: "Connections, all in one room.")
    var connections = 1000

    @Option(help: "Bytes of a message's text.")
    var size = 128

    @Option(help: "Messages under way at once; may be repeated.")
    var window: [Int] = [1, 16]

    @Option(help: "Seconds a measurement.")
    var seconds = 5.0

    @Option(help: "Rounds; the median is shown.")
    var rounds = 3

    @Option(help: "What an acknowledged message survives: power or process.")
    var durability = "power"

    @Option(help: "The server. Default: ReferenceServer beside this program.")
    var server: String?

    private struct Figure {
        var deliveries: Double
        var microseconds: Double
    }

    func run() async throws {
        let file = "chat-bench-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("ReferenceServer")
            .path
        let server = try ServerProcess(
            executable: self.server ?? beside,
            arguments: ["--port", "0", "--store", "sqlite:\(file)", "--durability", self.durability, "--auto-confirm"], processor: 0)
        defer { server.stop() }
        let pool = UserPoolClient(endpoint: server.url, poolId: "us-east-1_chatlocal", clientId: "chatlocal")
        _ = try await pool.signUp(username: "bench", password: "Bench-Passw0rd")
        let token = try await pool.signIn(username: "bench", password: "Bench-Passw0rd").accessToken

        print("| connections | message bytes | under way | durability | deliveries a second | server microseconds a delivery |")
        print("|---|---|---|---|---|---|")
        for window in self.window {
            var figures: [Figure] = []
            for _ in 0..<self.rounds { figures.append(try await self.measure(server, token: token, window: window)) }
            figures.sort { $0.microseconds < $1.microseconds }
            let median = figures[figures.count / 2]
            print(
                "| \(self.connections) | \(self.size) | \(window) | \(self.durability) | "
                    + "\(Int(median.deliveries).formatted(.number.locale(Locale(identifier: "en_US")))) | "
                    + String(format: "%.2f |", median.microseconds))
        }
    }

    private func measure(_ server: ServerProcess, token: String, window: Int) async throws -> Figure {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let ready = loop.makePromise(of: Void.self)
        let (connections, size) = (self.connections, self.size)
        let run = try await loop.submit {
            NIOLoopBound(LoadRun(members: connections, window: window, size: size, ready: ready), eventLoop: loop)
        }.get()
        var channels: [any Channel] = []
        for index in 0..<connections {
            let channel = try await ClientBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = LoadConnection(path: "/ws", token: token, run: run.value)
                        if index == 0 { run.value.publisher = connection }
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .connect(host: "127.0.0.1", port: server.port).get()
            channels.append(channel)
        }
        try await ready.futureResult.get()
        try await loop.submit { run.value.start() }.get()
        // The first half second is not measured: buffers grow to their size in it.
        try await Task.sleep(for: .milliseconds(500))

        let clock = ContinuousClock()
        let (start, timeBefore) = (clock.now, try server.processorTime())
        let before = try await loop.submit { run.value.deliveries }.get()
        try await Task.sleep(for: .seconds(self.seconds))
        let after = try await loop.submit { run.value.deliveries }.get()
        let (elapsed, timeAfter) = (start.duration(to: clock.now), try server.processorTime())

        let drained = loop.makePromise(of: Void.self)
        loop.execute { run.value.stop(drained: drained) }
        let timeout = loop.scheduleTask(in: .seconds(10)) { drained.fail(ValidationError("Deliveries were lost.")) }
        try await drained.futureResult.get()
        timeout.cancel()
        for channel in channels { try? await channel.close() }
        try await group.shutdownGracefully()
        let deliveries = Double(after - before)
        return Figure(
            deliveries: deliveries / (elapsed / .seconds(1)), microseconds: Double(timeAfter - timeBefore) / 1000 / deliveries)
    }
}
