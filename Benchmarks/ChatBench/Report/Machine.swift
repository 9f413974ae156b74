import Foundation

/// On what something was measured.
struct Machine: Codable, CustomStringConvertible {
    var processors: Int
    var model: String
    var system: String

    static var current: Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let model = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        let kernel = release.trimmingCharacters(in: .whitespacesAndNewlines)
        return Machine(
            processors: ProcessInfo.processInfo.processorCount, model: model,
            system: "\(ProcessInfo.processInfo.operatingSystemVersionString), kernel \(kernel)")
    }

    var description: String { "\(self.processors) x \(self.model), \(self.system)" }
}
