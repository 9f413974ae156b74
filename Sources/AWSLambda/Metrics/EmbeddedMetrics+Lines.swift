extension EmbeddedMetrics {
    static let maximumMetrics = 100
    static let maximumDimensions = 30
    static let maximumValues = 100
    private static let metadataMember = "_aws"

    /// The documents as lines of log, each with its line feed: one, unless there are more than 100 metrics, or a metric with more
    /// than 100 values.
    ///
    /// What CloudWatch would refuse a whole document for is mended: metrics without values or with a name that is empty or taken
    /// are left out, dimensions beyond the thirtieth or without a value are too, and names and values are cut to their length. A
    /// property whose name is taken is left out.
    public func lines() -> [[UInt8]] {
        let dimensions = self.validDimensions()
        var taken = Set(dimensions.map(\.name))
        taken.insert(Self.metadataMember)
        var pending: [Metric] = []
        for var metric in self.metrics {
            metric.name = metric.name.prefix(characters: 1024)
            metric.values = metric.values.filter(\.isFinite)
            if !metric.name.isEmpty, !metric.values.isEmpty, taken.insert(metric.name).inserted { pending.append(metric) }
        }
        let properties = self.properties.filter { !taken.contains($0.key) }.sorted { $0.key < $1.key }

        var lines: [[UInt8]] = []
        while !pending.isEmpty {
            var rest: [Metric] = []
            var document: [Metric] = []
            for var metric in pending {
                if document.count < Self.maximumMetrics {
                    var part = metric
                    part.values = Array(metric.values.prefix(Self.maximumValues))
                    document.append(part)
                    metric.values.removeFirst(part.values.count)
                }
                if !metric.values.isEmpty { rest.append(metric) }
            }
            self.append(dimensions, document, properties, to: &lines)
            pending = rest
        }
        return lines
    }

    /// One line, or more of them if it would be longer than a log event may be.
    private func append(
        _ dimensions: [(name: String, value: String)], _ metrics: [Metric], _ properties: [(key: String, value: String)],
        to lines: inout [[UInt8]]
    ) {
        let line = self.line(dimensions, metrics, properties)
        var halves = (metrics, metrics)
        if line.count <= LogLine.maximumBytes {
            return lines.append(line)
        } else if metrics.count > 1 {
            halves = (Array(metrics.prefix(metrics.count / 2)), Array(metrics.dropFirst(metrics.count / 2)))
        } else if metrics[0].values.count > 1 {
            let count = metrics[0].values.count / 2
            halves.0[0].values.removeLast(metrics[0].values.count - count)
            halves.1[0].values.removeFirst(count)
        } else {
            // One value, so the properties are too much. Names, dimensions and a value fit in any case.
            return lines.append(self.line(dimensions, metrics, []))
        }
        self.append(dimensions, halves.0, properties, to: &lines)
        self.append(dimensions, halves.1, properties, to: &lines)
    }

    private func validDimensions() -> [(name: String, value: String)] {
        var names: Set<String> = [Self.metadataMember]
        var valid: [(name: String, value: String)] = []
        for (name, value) in self.dimensions where valid.count < Self.maximumDimensions {
            let name = name.prefix(characters: 250)
            let value = value.prefix(characters: 1024)
            if !name.isEmpty, !value.isEmpty, names.insert(name).inserted { valid.append((name, value)) }
        }
        return valid
    }

    private func line(
        _ dimensions: [(name: String, value: String)], _ metrics: [Metric], _ properties: [(key: String, value: String)]
    ) -> [UInt8] {
        var text = JSONText(reservingCapacity: 512)
        text.object { text in
            text.name(Self.metadataMember)
            text.object { text in
                text.member("Timestamp", self.timestamp)
                text.name("CloudWatchMetrics")
                text.array { self.directive(dimensions, metrics, to: &$0) }
            }
            for (name, value) in dimensions { text.member(name, value) }
            for metric in metrics {
                text.name(metric.name)
                if metric.values.count == 1 {
                    text.number(metric.values[0])
                } else {
                    text.array { text in
                        for value in metric.values { text.number(value) }
                    }
                }
            }
            for (name, value) in properties { text.member(name, value) }
        }
        text.endLine()
        return text.bytes
    }

    private func directive(_ dimensions: [(name: String, value: String)], _ metrics: [Metric], to text: inout JSONText) {
        text.object { text in
            text.member("Namespace", self.namespace.prefix(characters: 1024))
            text.name("Dimensions")
            text.array { text in
                text.array { text in
                    for (name, _) in dimensions { text.string(name) }
                }
            }
            text.name("Metrics")
            text.array { text in
                for metric in metrics {
                    text.object { text in
                        text.member("Name", metric.name)
                        text.member("Unit", metric.unit.rawValue)
                        if metric.highResolution { text.member("StorageResolution", Int64(1)) }
                    }
                }
            }
        }
    }
}

extension String {
    fileprivate func prefix(characters: Int) -> String {
        self.unicodeScalars.count <= characters ? self : String(String.UnicodeScalarView(self.unicodeScalars.prefix(characters)))
    }
}
