import ArgumentParser
import Foundation

/// Where figures and a chart of them are written besides the table.
struct ReportOptions: ParsableArguments {
    @OptionGroup var figures: FigureOptions

    @Option(name: .customLong("svg"), help: "File for a chart.")
    var svgFile: String?

    /// Ends with a status that is not 0, behind the figures, if something is wrong with them.
    func check(_ complaints: [String]) throws {
        guard !complaints.isEmpty else { return }
        for complaint in complaints { FileHandle.standardError.write(Data("\(complaint)\n".utf8)) }
        throw ExitCode.failure
    }

    func write(_ report: some Encodable, chart: @autoclosure () -> String) throws {
        try self.figures.write(report)
        if let svgFile { try chart().write(toFile: svgFile, atomically: true, encoding: .utf8) }
    }
}
