import Histogram
import Testing

@testable import chat_bench

/// How figures are put.
struct ReportTests {
    @Test(arguments: [
        (0, "0"), (0.3524, "0.352"), (2.584, "2.58"), (36.12, "36.1"), (141.7, "142"), (14_300, "14,300"),
    ]) func threeDigitsCount(_ value: Double, _ text: String) {
        #expect(Figure.short(value) == text)
    }

    @Test(arguments: [(0.5, "0.500 µs"), (1500, "1.50 ms"), (2_340_000, "2.34 s")]) func times(_ value: Double, _ text: String) {
        #expect(Figure.time(microseconds: value) == text)
    }

    @Test(arguments: [([], 0), ([3], 3), ([9, 1, 5], 5), ([4, 1, 3, 2], 2.5)] as [([Double], Double)]) func median(
        _ values: [Double], _ median: Double
    ) {
        #expect(Figure.median(values) == median)
    }

    private static func round(lost: Int = 0, outOfOrder: Int = 0) -> BroadcastResult {
        let none = Percentiles(Histogram<UInt64>())
        return BroadcastResult(
            connections: 10, mode: .window(messages: 1), seconds: 1, sent: 1, lost: lost, outOfOrder: outOfOrder, deliveries: 1,
            deliveriesPerSecond: 1, latency: none, fanOut: none, serverMicrosecondsPerDelivery: 1, loadMicrosecondsPerDelivery: 1,
            serverBusy: 1, loadBusy: 1)
    }

    /// They decide whether a benchmark fails. A peer's losses are the peer's.
    @Test(
        arguments: [
            (.raw, [Self.round()], false), (.raw, [Self.round(), Self.round(lost: 1)], true), (.chat, [Self.round(outOfOrder: 1)], true),
            (.nchan, [Self.round(lost: 1)], false),
        ] as [(ServerKind, [BroadcastResult], Bool)])
    func losses(_ server: ServerKind, _ rounds: [BroadcastResult], _ isWrong: Bool) {
        var report = BroadcastReport(messageBytes: 128, durability: "power")
        for round in rounds { report.add(.success(round), server: server, connections: 10, mode: round.mode) }
        #expect(report.complaints.isEmpty != isWrong)
    }

    @Test func failures() {
        var report = BroadcastReport(messageBytes: 128, durability: "power")
        for server in [ServerKind.chat, .nchan] {
            report.add(.failure(LoadError("it did not start")), server: server, connections: 10, mode: .window(messages: 1))
        }
        #expect(report.complaints.count == 1)
    }

    @Test(arguments: [(0, 1.0, false), (1, 1.0, true), (0, nil, true)]) func connecting(_ lost: Int, _ ended: Double?, _ isWrong: Bool) {
        var report = ConnectReport(steps: [])
        report.add(
            .success(ConnectResult(steps: [], broadcastMilliseconds: 1, lost: lost, drainSeconds: ended, exitSeconds: ended)), server: .raw)
        #expect(report.complaints.isEmpty != isWrong)
    }

    @Test func aTableCanBeReadAsItIs() {
        var table = MarkdownTable(["server", "µs"])
        table.add(["raw", "2.83"])
        table.add(["C"])
        #expect(
            table.description == """
                | server |   µs |
                | ------ | ---: |
                | raw    | 2.83 |
                | C      |      |
                """)
    }

    @Test(arguments: [0.003, 0.9, 1, 3.1, 19_000, 1e9]) func anAxisReachesTheGreatestInRoundSteps(_ greatest: Double) throws {
        let axis = ChartAxis(greatest: greatest)
        #expect(axis.ticks.first == 0)
        #expect(try #require(axis.ticks.last) >= greatest * 0.999_999)
        #expect((2...6).contains(axis.ticks.count))
        #expect(axis.position(greatest) <= 1.000_001)
    }

    @Test(arguments: [0, -1, .infinity, .nan]) func anAxisOfNothing(_ greatest: Double) {
        #expect(ChartAxis(greatest: greatest).ticks == [0, 1])
    }
}
