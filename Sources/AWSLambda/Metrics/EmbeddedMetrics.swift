/// One document of CloudWatch's Embedded Metric Format: a line of log that CloudWatch turns into metrics.
///
/// Source: the page *Specification: Embedded metric format* of the CloudWatch user guide.
public struct EmbeddedMetrics: Sendable, Equatable {
    /// A metric and the values that it took.
    public struct Metric: Sendable, Equatable {
        /// 1 to 1024 characters. It is also the name of a member of the document.
        public var name: String
        public var unit: MetricUnit
        /// Written in documents of at most 100 each. Values that are not finite are dropped: CloudWatch refuses them.
        public var values: [Double]
        /// Whether CloudWatch keeps seconds (resolution 1) instead of minutes (60). Default `false`.
        public var highResolution: Bool

        public init(name: String, unit: MetricUnit, values: [Double], highResolution: Bool = false) {
            self.name = name
            self.unit = unit
            self.values = values
            self.highResolution = highResolution
        }
    }

    /// When it was measured, in milliseconds since the epoch. CloudWatch takes two weeks back and two hours ahead.
    public var timestamp: Int64
    /// 1 to 1024 characters.
    public var namespace: String
    /// The dimensions of every metric here, with their values: at most 30, names of at most 250 characters, values of 1 to 1024.
    /// Each combination of values is a metric of its own, which costs: no ids.
    public var dimensions: [(name: String, value: String)]
    public var metrics: [Metric]
    /// What is only for whoever reads the log, such as a request id. No metric and no dimension.
    public var properties: [String: String]

    public init(
        timestamp: Int64, namespace: String, dimensions: [(name: String, value: String)] = [], metrics: [Metric],
        properties: [String: String] = [:]
    ) {
        self.timestamp = timestamp
        self.namespace = namespace
        self.dimensions = dimensions
        self.metrics = metrics
        self.properties = properties
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.timestamp == b.timestamp && a.namespace == b.namespace && a.metrics == b.metrics && a.properties == b.properties
            && a.dimensions.elementsEqual(b.dimensions, by: ==)
    }
}
