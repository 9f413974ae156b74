extension QuotaDefinition {
    /// The quotas that count, by their key in a configuration file, each with what it may be.
    static var counts: [(key: String, path: WritableKeyPath<QuotaDefinition, Int?>, range: ClosedRange<Int>)] {
        [
            ("connectsPerSecond", \.connectsPerSecond, 1...1_000_000),
            ("requestsPerSecond", \.requestsPerSecond, 1...10_000_000),
            ("burst", \.burst, 1...10_000_000),
            ("messageBytes", \.messageBytes, 1...Self.absoluteMessageBytes),
            ("frameBytes", \.frameBytes, 1...Self.absoluteMessageBytes),
            ("urlBytes", \.urlBytes, 64...65_536),
            ("authorizerResultBytes", \.authorizerResultBytes, 64...Self.absoluteMessageBytes),
            ("routes", \.routes, 1...10_000),
        ]
    }

    /// The quotas that are times.
    static var times: [(key: String, path: WritableKeyPath<QuotaDefinition, Duration?>, range: ClosedRange<Duration>)] {
        [
            ("idleTimeout", \.idleTimeout, .milliseconds(10) ... .seconds(604_800)),
            ("connectionLifetime", \.connectionLifetime, .milliseconds(10) ... .seconds(2_592_000)),
            ("integrationTimeout", \.integrationTimeout, .milliseconds(50) ... .seconds(900)),
        ]
    }

    func validate() throws(DefinitionError) {
        for (key, path, range) in Self.counts {
            guard let value = self[keyPath: path], !range.contains(value) else { continue }
            throw DefinitionError(.value, path: ["quotas", key], "must be \(range.lowerBound) to \(range.upperBound), and is \(value)")
        }
        for (key, path, range) in Self.times {
            guard let value = self[keyPath: path], !range.contains(value) else { continue }
            throw DefinitionError(.value, path: ["quotas", key], "must be \(range.lowerBound) to \(range.upperBound), and is \(value)")
        }
    }
}
