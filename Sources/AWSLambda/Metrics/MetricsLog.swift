import Synchronization

/// Collects what happened during one invocation, and writes it as one line of CloudWatch's Embedded Metric Format.
///
/// Make one for each invocation, and ``flush(requestId:at:)`` it at the end: a metric then costs no call to CloudWatch, and no time. It may be
/// used by several tasks at once.
public final class MetricsLog: Sendable {
    /// The most values of one metric between two flushes. Beyond it, values are dropped, and counted in the property
    /// `droppedValues`.
    public static let maximumValues = 10_000
    /// The most metrics between two flushes; further names are dropped alike.
    public static let maximumMetrics = 1000

    private struct State {
        var metrics: [EmbeddedMetrics.Metric] = []
        var places: [String: Int] = [:]
        var dropped: Int64 = 0
    }

    private let namespace: String
    private let dimensions: [(name: String, value: String)]
    private let output: any LineOutput
    private let state = Mutex(State())

    /// - Parameters:
    ///   - namespace: Where CloudWatch files the metrics, 1 to 1024 characters.
    ///   - dimensions: Of every metric, at most 30: such as the stage, never an id.
    ///   - output: Standard output by default.
    public init(namespace: String, dimensions: [(name: String, value: String)] = [], output: any LineOutput = StandardOutput()) {
        self.namespace = namespace
        self.dimensions = dimensions
        self.output = output
    }

    /// Adds to a counter, which is one value an invocation. Adding 0 makes it appear.
    public func count(_ name: String, by amount: Int = 1) {
        self.change(name, .count) { metric in
            if metric.values.isEmpty { metric.values.append(0) }
            metric.values[0] += Double(amount)
            return true
        }
    }

    /// Adds a value to a metric whose distribution matters. The unit is that of the metric's first value.
    public func record(_ name: String, _ value: Double, unit: MetricUnit) {
        self.change(name, unit) { metric in
            guard value.isFinite, metric.values.count < Self.maximumValues else { return false }
            metric.values.append(value)
            return true
        }
    }

    /// Adds a duration, in milliseconds.
    public func record(_ name: String, _ value: Duration) {
        self.record(name, value / .milliseconds(1), unit: .milliseconds)
    }

    /// Writes what was collected, and starts anew. Writes nothing if nothing was.
    /// - Parameters:
    ///   - requestId: The invocation, as a property. That of the task's by default.
    ///   - timestamp: In milliseconds since the epoch; now by default.
    public func flush(requestId: String? = LambdaInvocation.requestId, at timestamp: Int64? = nil) {
        let taken = self.state.withLock { state in
            defer { state = State() }
            return state
        }
        var properties: [String: String] = [:]
        properties["requestId"] = requestId
        if taken.dropped > 0 { properties["droppedValues"] = String(taken.dropped) }
        let document = EmbeddedMetrics(
            timestamp: timestamp ?? WallClock.milliseconds(), namespace: self.namespace, dimensions: self.dimensions,
            metrics: taken.metrics, properties: properties)
        for line in document.lines() { self.output.write(line: line) }
    }

    private func change(_ name: String, _ unit: MetricUnit, _ body: (inout EmbeddedMetrics.Metric) -> Bool) {
        self.state.withLock { state in
            let place: Int
            if let known = state.places[name] {
                place = known
            } else if state.metrics.count < Self.maximumMetrics {
                place = state.metrics.count
                state.places[name] = place
                state.metrics.append(EmbeddedMetrics.Metric(name: name, unit: unit, values: []))
            } else {
                state.dropped += 1
                return
            }
            if !body(&state.metrics[place]) { state.dropped += 1 }
        }
    }
}
