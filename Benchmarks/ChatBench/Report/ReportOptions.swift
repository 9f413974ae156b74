import ArgumentParser
import Foundation

/// Where figures and a chart of them are written besides the table.
struct ReportOptions: ParsableArguments {
    @OptionGroup var figures: FigureOptions

    @Option(name: .customLong("svg"), help: "File for a chart.")
    var svgFile: String?

    func write(_ report: some Encodable, chart: @autoclosure () -> String) throws {
        try self.figures.write(report)
        if let svgFile { try chart().write(toFile: svgFile, atomically: true, encoding: .utf8) }
    }
}
