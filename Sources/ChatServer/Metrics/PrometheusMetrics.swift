public import CoreMetrics
import Synchronization

/// Keeps metrics in memory and writes them in Prometheus's text format (version 0.0.4).
///
/// Counters become counters, meters and gauges gauges, recorders and timers (in seconds) histograms.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// The content type of ``text()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Series that are kept; further ones are not counted. Stops a label with values of a client's choice from eating memory.
    private static let maximumSeries = 10_000

    private let series = Mutex<[PrometheusKey: any PrometheusSeries]>([:])

    public init() {}

    /// Every series, sorted by name and labels.
    public func text() -> String {
        let series = self.series.withLock { $0 }
        var text = ""
        var previous = ""
        for (key, value) in series.sorted(by: { $0.key < $1.key }) {
            if key.name != previous {
                text += "# TYPE \(key.name) \(value.type)\n"
                previous = key.name
            }
            value.write(key, to: &text)
        }
        return text
    }

    private func find(_ name: String, _ dimensions: [(String, String)], make: () -> any PrometheusSeries) -> any PrometheusSeries {
        let key = PrometheusKey(name: name, dimensions: dimensions)
        return self.series.withLock { series in
            if let known = series[key] { return known }
            let made = make()
            if series.count < Self.maximumSeries { series[key] = made }
            return made
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.find(label.hasSuffix("_total") ? label : label + "_total", dimensions) { PrometheusCounter() } as? PrometheusCounter
            ?? PrometheusCounter()
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.find(label, dimensions) { PrometheusGauge() } as? PrometheusGauge ?? PrometheusGauge()
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            self.find(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.counts) } as? PrometheusHistogram
                ?? PrometheusHistogram(bounds: [])
        } else {
            self.find(label, dimensions) { PrometheusGauge() } as? PrometheusGauge ?? PrometheusGauge()
        }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.find(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.seconds) } as? PrometheusHistogram
            ?? PrometheusHistogram(bounds: [])
    }

    // A series stays when its handle is let go: Prometheus expects counters to live as long as the process.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}
