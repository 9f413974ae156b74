import Foundation

/// Every figure of a `codec`.
struct CodecReport: Codable {
    /// Nanoseconds of one run, taken in stretches of many.
    struct Time: Codable {
        var stretches: Int
        /// What is in the way only ever makes a stretch longer.
        var best: Double
        var median: Double

        init(stretches: [Double]) {
            self.stretches = stretches.count
            self.best = stretches.min() ?? 0
            self.median = Figure.median(stretches)
        }
    }

    struct Row: Codable {
        var operation: String
        var about: String
        var nanoseconds: Time
        /// Nil if they were not counted.
        var instructions: Double?
        var allocations: Double?
    }

    var machine = Machine.current
    var date = Date()
    /// Runs in a stretch.
    var iterations: Int
    var rows: [Row] = []
    /// Why instructions and allocations were not counted.
    var unavailable: String?
}
