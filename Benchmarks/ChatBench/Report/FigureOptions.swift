import ArgumentParser
import Foundation

/// Where figures are written besides the table.
struct FigureOptions: ParsableArguments {
    @Option(name: .customLong("json"), help: "File for every figure of every round.")
    var jsonFile: String?

    func write(_ report: some Encodable) throws {
        guard let jsonFile else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        try encoder.encode(report).write(to: URL(fileURLWithPath: jsonFile))
    }
}
