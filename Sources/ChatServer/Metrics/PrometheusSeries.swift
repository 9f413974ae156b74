import CoreMetrics
import Synchronization

/// One series of a ``PrometheusMetrics``.
protocol PrometheusSeries: Sendable {
    /// What `# TYPE` says.
    var type: String { get }
    func write(_ key: PrometheusKey, to text: inout String)
}

/// A name and labels, in the form in which they are written.
struct PrometheusKey: Hashable, Comparable {
    let name: String
    /// `a="x",b="y"`, sorted; empty without labels.
    let labels: String

    init(name: String, dimensions: [(String, String)]) {
        self.name = Self.sanitised(name)
        self.labels = dimensions.sorted { $0.0 < $1.0 }
            .map { "\(Self.sanitised($0.0))=\"\(Self.escaped($0.1))\"" }
            .joined(separator: ",")
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.name, left.labels) < (right.name, right.labels)
    }

    /// The series as it stands before a value.
    func series(suffix: String = "", extra: String = "") -> String {
        let labels = [self.labels, extra].filter { !$0.isEmpty }.joined(separator: ",")
        return labels.isEmpty ? self.name + suffix : "\(self.name)\(suffix){\(labels)}"
    }

    private static func sanitised(_ name: String) -> String {
        let characters = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" }
        return characters.first.map { $0.isNumber ? "_" + String(characters) : String(characters) } ?? "_"
    }

    private static func escaped(_ value: String) -> String {
        // By scalars: a quote with an accent upon it, or a line's end of two, is a character that equals neither quote nor line's end.
        var escaped = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: #"\\"#.unicodeScalars)
            case "\"": escaped.append(contentsOf: #"\""#.unicodeScalars)
            case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

/// Only goes up.
final class PrometheusCounter: PrometheusSeries, CounterHandler {
    private let value = Atomic<Int64>(0)
    var type: String { "counter" }

    func increment(by amount: Int64) { self.value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { self.value.store(0, ordering: .relaxed) }

    func write(_ key: PrometheusKey, to text: inout String) {
        text += "\(key.series()) \(self.value.load(ordering: .relaxed))\n"
    }
}

/// Goes up and down.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    private let value = Mutex<Double>(0)
    var type: String { "gauge" }

    func set(_ value: Int64) { self.set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { self.value.withLock { $0 += amount } }
    func decrement(by amount: Double) { self.value.withLock { $0 -= amount } }
    func record(_ value: Int64) { self.set(Double(value)) }
    func record(_ value: Double) { self.set(value) }

    func write(_ key: PrometheusKey, to text: inout String) {
        text += "\(key.series()) \(self.value.withLock { $0 })\n"
    }
}

/// How often values fell below each of some bounds.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    static let seconds: [Double] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

    private struct State {
        var buckets: [Int64]
        var count: Int64 = 0
        var sum: Double = 0
    }

    private let bounds: [Double]
    private let state: Mutex<State>
    var type: String { "histogram" }

    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { self.record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        let bucket = self.bounds.firstIndex { value <= $0 }
        self.state.withLock { state in
            if let bucket { state.buckets[bucket] += 1 }
            state.count += 1
            state.sum += value
        }
    }

    func write(_ key: PrometheusKey, to text: inout String) {
        let (buckets, count, sum) = self.state.withLock { ($0.buckets, $0.count, $0.sum) }
        var total: Int64 = 0
        for (bound, value) in zip(self.bounds, buckets) {
            total += value
            text += "\(key.series(suffix: "_bucket", extra: "le=\"\(bound)\"")) \(total)\n"
        }
        text += "\(key.series(suffix: "_bucket", extra: "le=\"+Inf\"")) \(count)\n"
        text += "\(key.series(suffix: "_sum")) \(sum)\n\(key.series(suffix: "_count")) \(count)\n"
    }
}
