import Histogram

/// What is shown of a histogram, in microseconds.
struct Percentiles: Codable {
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double

    init(_ histogram: Histogram<UInt64>) {
        func microseconds(_ percentile: Double) -> Double {
            histogram.totalCount == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1000
        }
        self.p50 = microseconds(50)
        self.p90 = microseconds(90)
        self.p99 = microseconds(99)
        self.p999 = microseconds(99.9)
        self.max = microseconds(100)
    }
}
