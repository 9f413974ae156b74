import ChatServer
import CoreMetrics
import Testing

/// Prometheus's text format, version 0.0.4.
struct PrometheusMetricsTests {
    let metrics = PrometheusMetrics()

    @Test func nothingIsNoText() {
        #expect(self.metrics.text() == "")
    }

    @Test func aCounterOnlyGoesUp() {
        let counter = self.metrics.makeCounter(label: "requests", dimensions: [])
        counter.increment(by: 2)
        self.metrics.makeCounter(label: "requests", dimensions: []).increment(by: 3)
        #expect(self.metrics.text() == "# TYPE requests_total counter\nrequests_total 5\n", "one series, whoever has made it")
        counter.reset()
        #expect(self.metrics.text() == "# TYPE requests_total counter\nrequests_total 0\n")
    }

    @Test func aNameThatSaysTotalIsLeftAlone() {
        self.metrics.makeCounter(label: "requests_total", dimensions: []).increment(by: 1)
        #expect(self.metrics.text() == "# TYPE requests_total counter\nrequests_total 1\n")
    }

    @Test func aGaugeGoesUpAndDown() {
        let gauge = self.metrics.makeMeter(label: "connections", dimensions: [])
        gauge.set(5 as Int64)
        gauge.increment(by: 2)
        gauge.decrement(by: 3.5)
        #expect(self.metrics.text() == "# TYPE connections gauge\nconnections 3.5\n")
        gauge.set(-0.25)
        #expect(self.metrics.text() == "# TYPE connections gauge\nconnections -0.25\n")
    }

    @Test func aRecorderThatDoesNotAggregateIsAGauge() {
        let recorder = self.metrics.makeRecorder(label: "depth", dimensions: [], aggregate: false)
        recorder.record(7 as Int64)
        recorder.record(2.5)
        #expect(self.metrics.text() == "# TYPE depth gauge\ndepth 2.5\n")
    }

    @Test func aRecorderIsAHistogram() {
        let recorder = self.metrics.makeRecorder(label: "size", dimensions: [("a", "b")], aggregate: true)
        for value in [1, 2, 3, 4, 1024, 1025] as [Int64] { recorder.record(value) }
        let text = self.metrics.text()
        #expect(text.hasPrefix("# TYPE size histogram\nsize_bucket{a=\"b\",le=\"1.0\"} 1\nsize_bucket{a=\"b\",le=\"2.0\"} 2\n"))
        #expect(text.contains("size_bucket{a=\"b\",le=\"4.0\"} 4\n"), "a value on a bound is below it")
        #expect(
            text.hasSuffix(
                "le=\"1024.0\"} 5\nsize_bucket{a=\"b\",le=\"+Inf\"} 6\nsize_sum{a=\"b\"} 2059.0\nsize_count{a=\"b\"} 6\n"))
    }

    @Test func aTimerIsAHistogramInSeconds() {
        self.metrics.makeTimer(label: "duration_seconds", dimensions: []).recordNanoseconds(2_500_000)
        let text = self.metrics.text()
        #expect(text.contains("duration_seconds_bucket{le=\"0.001\"} 0\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.hasSuffix("duration_seconds_sum 0.0025\nduration_seconds_count 1\n"))
    }

    @Test func seriesStandTogetherAndSorted() {
        for (label, value) in [("b", "2"), ("a", "x"), ("b", "1")] {
            self.metrics.makeCounter(label: label, dimensions: [("k", value)]).increment(by: 1)
        }
        #expect(
            self.metrics.text() == """
                # TYPE a_total counter
                a_total{k="x"} 1
                # TYPE b_total counter
                b_total{k="1"} 1
                b_total{k="2"} 1

                """)
    }

    @Test func theOrderOfLabelsDoesNotMatter() {
        self.metrics.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        self.metrics.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        #expect(self.metrics.text() == "# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 2\n")
    }

    @Test(arguments: [
        ("chat.requests", "chat_requests"), ("a-b c", "a_b_c"), ("1st", "_1st"), ("", "_"), ("größe", "gr__e"), ("a\nb", "a_b"),
    ])
    func namesHaveOnlyWhatTheFormatAllows(_ label: String, _ name: String) {
        self.metrics.makeMeter(label: label, dimensions: [(label, "x")]).set(1 as Int64)
        #expect(self.metrics.text() == "# TYPE \(name) gauge\n\(name){\(name)=\"x\"} 1.0\n")
    }

    /// A quote or a line's end that got through would let a value write metrics of its own. A quote with an accent upon it is one
    /// character to Swift, and so are the two that end a line on other systems.
    @Test(arguments: [
        ("plain", "plain"), (#"a\b"#, #"a\\b"#), (#"say "hi""#, #"say \"hi\""#), ("a\nb", #"a\nb"#), ("\\\"\n", #"\\\"\n"#),
        ("größe 👋", "größe 👋"), ("a\r\nb 1", "a\r\\nb 1"), ("\"\u{301}} 1", "\\\"\u{301}} 1"), ("\\\u{301}", "\\\\\u{301}"),
    ])
    func regressionValuesAreEscaped(_ value: String, _ escaped: String) {
        self.metrics.makeMeter(label: "m", dimensions: [("k", value)]).set(1 as Int64)
        let expected = "# TYPE m gauge\nm{k=\"\(escaped)\"} 1.0\n"
        #expect(self.metrics.text().unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func aNameKeepsTheKindThatItHadFirst() {
        self.metrics.makeMeter(label: "x", dimensions: []).set(1 as Int64)
        self.metrics.makeTimer(label: "x", dimensions: []).recordNanoseconds(5)
        #expect(self.metrics.text() == "# TYPE x gauge\nx 1.0\n")
    }

    /// A label with values of a client's choice must not eat memory.
    @Test func thereAreAtMost10000Series() {
        for index in 0..<10_100 { self.metrics.makeCounter(label: "c", dimensions: [("k", "\(index)")]).increment(by: 1) }
        self.metrics.makeCounter(label: "c", dimensions: [("k", "0")]).increment(by: 1)
        let lines = self.metrics.text().split(separator: "\n")
        #expect(lines.count == 10_001)
        #expect(lines.contains("c_total{k=\"0\"} 2"), "those that are known go on counting")
    }

    @Test func aSeriesOutlivesItsHandle() {
        let counter = self.metrics.makeCounter(label: "c", dimensions: [])
        counter.increment(by: 1)
        self.metrics.destroyCounter(counter)
        self.metrics.makeCounter(label: "c", dimensions: []).increment(by: 1)
        #expect(self.metrics.text() == "# TYPE c_total counter\nc_total 2\n")
    }

    @Test func manyMayCountAtOnce() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        self.metrics.makeCounter(label: "c", dimensions: []).increment(by: 1)
                        self.metrics.makeRecorder(label: "r", dimensions: [], aggregate: true).record(1 as Int64)
                    }
                }
            }
        }
        #expect(self.metrics.text().contains("c_total 8000\n"))
        #expect(self.metrics.text().contains("r_count 8000\n"))
    }
}
