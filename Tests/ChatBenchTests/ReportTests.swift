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
