import ArgumentParser
import ChatTransport
import Foundation
import Glibc

/// One run of messages from one connection to all of them; prints one line of JSON.
struct LoadBroadcast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast", abstract: "One broadcast run, as one line of JSON.", shouldDisplay: false)

    @OptionGroup var target: LoadTarget

    @Option(help: "Connections.")
    var connections = 1000

    @Option(help: "Messages under way at once (a closed loop).")
    var window: Int?

    @Option(help: "Messages a second instead, at fixed times.")
    var rate: Double?

    @Option(help: "Seconds that are measured.")
    var seconds = 5.0

    @Option(help: "Seconds before that, under load: buffers grow to their size in them.")
    var warmUp = 0.5

    @Option(help: "Seconds between the last handshake and the first message.")
    var settle = 0.3

    func validate() throws {
        guard (self.window == nil) != (self.rate == nil) else { throw ValidationError("Either --window or --rate.") }
        guard self.connections > 0, self.window ?? 1 > 0, self.rate ?? 1 > 0 else { throw ValidationError("Numbers must be positive.") }
    }

    func run() throws {
        OpenFileLimit.raise()
        let generator = try LoadGenerator(target: self.target)
        generator.ledger = DeliveryLedger(members: self.connections)
        try generator.connect(to: self.connections)
        try generator.settle(seconds: self.settle)
        let mode = self.rate.map { LoadMode.rate(perSecond: $0) } ?? .window(messages: self.window ?? 1)
        let result = try self.measure(generator, mode)
        print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
    }

    private func measure(_ generator: LoadGenerator, _ mode: LoadMode) throws -> BroadcastResult {
        let server = ProcessMeter(processes: self.target.serverProcess)
        let load = ProcessMeter(processes: [getpid()])
        let begin = MonotonicTime.now()
        try self.drive(generator, mode, from: begin, until: begin + UInt64(self.warmUp * 1e9))
        let (serverBefore, loadBefore) = (server.processorTime(), load.processorTime())
        let start = MonotonicTime.now()
        generator.ledger.isMeasuring = true
        try self.drive(generator, mode, from: begin, until: start + UInt64(self.seconds * 1e9))
        generator.ledger.isMeasuring = false
        let elapsed = Double(MonotonicTime.now() - start)
        let serverTime = Double(server.processorTime() - serverBefore)
        let loadTime = Double(load.processorTime() - loadBefore)
        try self.drain(generator)

        let ledger = generator.ledger
        let deliveries = Double(max(1, ledger.measuredDeliveries))
        return BroadcastResult(
            connections: self.connections, mode: mode, seconds: elapsed / 1e9, sent: ledger.sent, lost: ledger.lost,
            outOfOrder: ledger.outOfOrder, deliveries: ledger.measuredDeliveries,
            deliveriesPerSecond: Double(ledger.measuredDeliveries) / elapsed * 1e9, latency: Percentiles(ledger.latency),
            fanOut: Percentiles(ledger.fanOut), serverMicrosecondsPerDelivery: serverTime / 1000 / deliveries,
            loadMicrosecondsPerDelivery: loadTime / 1000 / deliveries, serverBusy: serverTime / elapsed, loadBusy: loadTime / elapsed)
    }

    /// - Parameter begin: when the run began; a fixed rate's times count from there.
    private func drive(_ generator: LoadGenerator, _ mode: LoadMode, from begin: UInt64, until end: UInt64) throws {
        while case let time = MonotonicTime.now(), time < end {
            var wait = min(end - time, 100_000_000)
            switch mode {
            case .window(let window):
                while generator.ledger.outstanding < window { try generator.publish(intendedAt: MonotonicTime.now()) }
            case .rate(let rate):
                var due = begin + UInt64(Double(generator.ledger.sent) * 1e9 / rate)
                while due <= time {
                    try generator.publish(intendedAt: due)
                    due = begin + UInt64(Double(generator.ledger.sent) * 1e9 / rate)
                }
                wait = min(wait, due - time)
            }
            try generator.turn(nanoseconds: wait)
        }
    }

    /// What is under way is awaited; what has not come after so long is lost.
    private func drain(_ generator: LoadGenerator) throws {
        let deadline = MonotonicTime.now() + 10_000_000_000
        while generator.ledger.lost > 0, MonotonicTime.now() < deadline { try generator.turn(nanoseconds: 50_000_000) }
    }
}
