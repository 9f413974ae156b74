import ArgumentParser
import ChatTransport
import Foundation
import Glibc

/// Opens connections step by step, sends one message to all, and has the server end; prints one line of JSON.
struct LoadConnect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "One connect run, as one line of JSON.", shouldDisplay: false)

    @OptionGroup var target: LoadTarget

    @Option(help: "Connections at which to measure, ascending; may be repeated.")
    var step: [Int] = [1000]

    @Option(help: "Seconds that connections are idle before the server's memory is read.")
    var settle = 0.5

    /// Connections before the first that are measured.
    private static let warmUp = 100

    /// A server that has not ended by then is not waited for.
    private static let patience: UInt64 = 15_000_000_000

    func run() throws {
        OpenFileLimit.raise()
        let generator = try LoadGenerator(target: self.target)
        generator.ledger = DeliveryLedger(members: self.step.last ?? 0)
        let server = ProcessMeter(processes: self.target.serverProcess)
        // The first connections make what all share: tables, caches, pages of code.
        try generator.connect(to: min(Self.warmUp, (self.step.first ?? 0) / 2))
        try generator.settle(seconds: self.settle)
        let (residentBefore, warm) = (server.residentBytes(), generator.open)
        var steps: [ConnectResult.Step] = []
        for total in self.step {
            let (before, start, time) = (generator.open, MonotonicTime.now(), server.processorTime())
            try generator.connect(to: total)
            let elapsed = Double(MonotonicTime.now() - start)
            let handshakes = Double(generator.open - before)
            // What the server still does for them, right after, counts too.
            try generator.settle(seconds: self.settle)
            steps.append(
                ConnectResult.Step(
                    connections: total, handshakesPerSecond: handshakes / elapsed * 1e9,
                    serverMicrosecondsPerHandshake: Double(server.processorTime() - time) / 1000 / handshakes,
                    bytesPerConnection: Double(server.residentBytes() - residentBefore) / Double(total - warm)))
        }
        let broadcast = try self.broadcast(generator)
        let lost = generator.ledger.lost
        let end = try self.end(generator)
        let result = ConnectResult(
            steps: steps, broadcastMilliseconds: broadcast, lost: lost, drainSeconds: end.drain, exitSeconds: end.exit)
        print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
    }

    private func broadcast(_ generator: LoadGenerator) throws -> Double {
        let start = MonotonicTime.now()
        try generator.publish(intendedAt: start)
        while generator.ledger.lost > 0, MonotonicTime.now() < start + Self.patience { try generator.turn(nanoseconds: 10_000_000) }
        return Double(MonotonicTime.now() - start) / 1e6
    }

    private func end(_ generator: LoadGenerator) throws -> (drain: Double?, exit: Double?) {
        guard let process = self.target.serverProcess.first else { return (nil, nil) }
        generator.expectsClosing = true
        let start = MonotonicTime.now()
        kill(process, SIGTERM)
        while generator.closed < generator.open {
            guard MonotonicTime.now() < start + Self.patience else { return (nil, nil) }
            try generator.turn(nanoseconds: 10_000_000)
        }
        let drain = Double(MonotonicTime.now() - start) / 1e9
        while kill(process, 0) == 0 {
            guard MonotonicTime.now() < start + Self.patience else { return (drain, nil) }
            usleep(2000)
        }
        return (drain, Double(MonotonicTime.now() - start) / 1e9)
    }
}
