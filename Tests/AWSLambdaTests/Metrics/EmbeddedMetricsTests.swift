import Foundation
import Testing

@testable import AWSLambda

struct EmbeddedMetricsTests {
    /// What the specification asks of a document, checked on the JSON itself.
    private func validate(_ line: [UInt8]) throws -> [String: any Sendable] {
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(line.count <= 256 * 1024)
        let root = try jsonObject(line)
        let metadata = try #require(root["_aws"] as? [String: any Sendable])
        #expect(Set(metadata.keys) == ["Timestamp", "CloudWatchMetrics"])
        #expect(metadata["Timestamp"] is Int)
        let directives = try #require(metadata["CloudWatchMetrics"] as? [[String: any Sendable]])
        for directive in directives {
            #expect(Set(directive.keys) == ["Namespace", "Dimensions", "Metrics"])
            #expect((1...1024).contains(try #require(directive["Namespace"] as? String).count))
            for set in try #require(directive["Dimensions"] as? [[String]]) {
                #expect(set.count <= 30)
                #expect(Set(set).count == set.count)
                for name in set {
                    #expect((1...250).contains(name.count))
                    #expect((1...1024).contains(try #require(root[name] as? String).count))
                }
            }
            let metrics = try #require(directive["Metrics"] as? [[String: any Sendable]])
            #expect((1...100).contains(metrics.count))
            for metric in metrics {
                #expect(Set(metric.keys).isSubset(of: ["Name", "Unit", "StorageResolution"]))
                let name = try #require(metric["Name"] as? String)
                #expect((1...1024).contains(name.count))
                #expect(metric["StorageResolution"] == nil || metric["StorageResolution"] as? Int == 1)
                if let values = root[name] as? [Double] { #expect((1...100).contains(values.count)) } else { #expect(root[name] is Double) }
            }
        }
        return root
    }

    @Test func oneDocument() throws {
        let document = EmbeddedMetrics(
            timestamp: 1_700_000_000_123, namespace: "Chat", dimensions: [("Stage", "production")],
            metrics: [
                .init(name: "MessagesDelivered", unit: .count, values: [3]),
                .init(name: "FanOutLatency", unit: .milliseconds, values: [1.5, 20], highResolution: true),
            ], properties: ["requestId": "r-1"])
        let lines = document.lines()
        try #require(lines.count == 1)
        _ = try self.validate(lines[0])
        #expect(
            String(decoding: lines[0], as: UTF8.self)
                == """
                {"_aws":{"Timestamp":1700000000123,"CloudWatchMetrics":[{"Namespace":"Chat","Dimensions":[["Stage"]],"Metrics":[\
                {"Name":"MessagesDelivered","Unit":"Count"},{"Name":"FanOutLatency","Unit":"Milliseconds","StorageResolution":1}]}]},\
                "Stage":"production","MessagesDelivered":3,"FanOutLatency":[1.5,20],"requestId":"r-1"}

                """)
    }

    @Test func moreThanADocumentTakesIsSpreadOverSeveral() throws {
        let values = (0..<250).map(Double.init)
        let metrics = (0..<101).map { EmbeddedMetrics.Metric(name: "m\($0)", unit: .none, values: $0 == 0 ? values : [Double($0)]) }
        let lines = EmbeddedMetrics(timestamp: 0, namespace: "n", metrics: metrics).lines()
        #expect(lines.count == 3)
        var seen: [String: [Double]] = [:]
        for line in lines {
            for (name, value) in try self.validate(line) where name != "_aws" {
                let values = try (value as? [Double]) ?? [#require(value as? Double)]
                seen[name, default: []] += values
            }
        }
        #expect(seen.count == 101)
        #expect(seen["m0"] == values)
        #expect(seen["m100"] == [100])
    }

    @Test func linesStayBelowTheLimitOfALogEvent() throws {
        let metrics = (0..<100).map { number in
            EmbeddedMetrics.Metric(
                name: String(repeating: "n", count: 1000) + "\(number)", unit: .none,
                values: (0..<100).map { Double($0) + 0.123456789012345 })
        }
        let lines = EmbeddedMetrics(timestamp: 0, namespace: "n", metrics: metrics, properties: ["p": String(repeating: "p", count: 1000)])
            .lines()
        #expect(lines.count > 1)
        var values = 0
        for line in lines {
            for (name, value) in try self.validate(line) where name != "_aws" { values += (value as? [Double])?.count ?? 0 }
        }
        #expect(values == 10_000)
        let huge = EmbeddedMetrics(
            timestamp: 0, namespace: "n", metrics: [.init(name: "a", unit: .count, values: [1])],
            properties: ["p": String(repeating: "p", count: 300_000)])
        #expect(Set(try self.validate(try #require(huge.lines().first)).keys) == ["_aws", "a"])
    }

    @Test func whatCloudWatchWouldRefuseIsMended() throws {
        let many = (0..<40).map { ("d\($0)", "v") }
        let document = EmbeddedMetrics(
            timestamp: 0, namespace: String(repeating: "n", count: 2000),
            dimensions: [("_aws", "x"), ("", "x"), ("empty", ""), ("d0", String(repeating: "v", count: 2000))] + many,
            metrics: [
                .init(name: "d1", unit: .count, values: [1]), .init(name: "_aws", unit: .count, values: [1]),
                .init(name: "", unit: .count, values: [1]), .init(name: "none", unit: .count, values: []),
                .init(name: "broken", unit: .count, values: [.nan, .infinity]), .init(name: "good\n", unit: .count, values: [.nan, 2]),
                .init(name: "good\n", unit: .count, values: [3]),
            ], properties: ["d2": "hidden", "good\n": "hidden", "kept": "\u{0}\"\\"])
        let lines = document.lines()
        try #require(lines.count == 1)
        let root = try self.validate(lines[0])
        #expect(root["good\n"] as? Double == 2)
        #expect(root["d1"] as? String == "v" && root["d2"] as? String == "v")
        #expect(root["kept"] as? String == "\u{0}\"\\")
        #expect(root["d29"] as? String == "v" && root["d30"] == nil)
    }

    @Test func aLogOfOneInvocation() throws {
        let output = CapturedLines()
        let log = MetricsLog(namespace: "Chat", dimensions: [("Stage", "s")], output: output)
        log.flush()
        #expect(output.lines.isEmpty)
        log.count("Delivered", by: 2)
        log.count("Delivered")
        log.count("Stale", by: 0)
        log.record("Latency", .microseconds(2500))
        log.record("Latency", 4, unit: .milliseconds)
        LambdaInvocation.$requestId.withValue("r-9") { log.flush(at: 5) }
        try #require(output.lines.count == 1)
        let root = try self.validate(output.lines[0])
        #expect(root["Delivered"] as? Double == 3)
        #expect(root["Stale"] as? Double == 0)
        #expect(root["Latency"] as? [Double] == [2.5, 4])
        #expect(root["requestId"] as? String == "r-9")
        log.flush()
        #expect(output.lines.count == 1)
    }

    @Test func aLogIsBoundedAndSaysWhatItDropped() throws {
        let output = CapturedLines()
        let log = MetricsLog(namespace: "Chat", output: output)
        for _ in 0..<MetricsLog.maximumValues + 7 { log.record("a", 1, unit: .count) }
        for number in 0..<MetricsLog.maximumMetrics + 1 { log.count("m\(number)") }
        log.record("a", .nan, unit: .count)
        log.flush()
        let first = try self.validate(try #require(output.lines.first))
        // One metric of the thousand was "a", so two of the others had no place.
        #expect(first["droppedValues"] as? String == "10")
    }
}
