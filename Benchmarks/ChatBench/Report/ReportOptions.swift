import ArgumentParser
import Foundation

/// Where figures are written besides the table.
struct ReportOptions: ParsableArguments {
    @Option(name: .customLong("json"), help: "File for every figure of every round.")
    var jsonFile: String?

    @Option(name: .customLong("svg"), help: "File for a chart.")
    var svgFile: String?

    func write(_ report: some Encodable, chart: @autoclosure () -> String) throws {
        if let jsonFile {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.dateEncodingStrategy = .iso8601
            try encoder.encode(report).write(to: URL(fileURLWithPath: jsonFile))
        }
        if let svgFile { try chart().write(toFile: svgFile, atomically: true, encoding: .utf8) }
    }
}
