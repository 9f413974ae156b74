import Foundation

/// Numbers as they are shown: as many digits as mean something.
enum Figure {
    static func integer(_ value: Double) -> String {
        Int(value.rounded()).formatted(.number.locale(Locale(identifier: "en_US")))
    }

    /// Three digits that count: 0.352, 2.58, 36.1, 142, 14,300.
    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0"
        case ..<1: String(format: "%.3f", value)
        case ..<10: String(format: "%.2f", value)
        case ..<100: String(format: "%.1f", value)
        default: self.integer(value)
        }
    }

    /// A time given in microseconds, with its unit.
    static func time(microseconds value: Double) -> String {
        switch value {
        case ..<1000: "\(self.short(value)) µs"
        case ..<1_000_000: "\(self.short(value / 1000)) ms"
        default: "\(self.short(value / 1_000_000)) s"
        }
    }

    static func percent(_ part: Double) -> String {
        "\(Int((part * 100).rounded())) %"
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
