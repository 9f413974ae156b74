import Foundation

/// Round numbers from 0 to at least the greatest value.
struct ChartAxis {
    var ticks: [Double]

    init(greatest: Double) {
        guard greatest > 0, greatest.isFinite else {
            self.ticks = [0, 1]
            return
        }
        let power = pow(10, (log10(greatest / 4)).rounded(.down))
        let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 * 4 >= greatest } ?? power * 10
        self.ticks = (0...Int((greatest / step).rounded(.up))).map { Double($0) * step }
    }

    /// Where a value lies, 0…1.
    func position(_ value: Double) -> Double { value / (self.ticks.last ?? 1) }

    func label(_ tick: Double) -> String {
        if tick >= 1000 { return Figure.integer(tick) }
        return tick.formatted(.number.locale(Locale(identifier: "en_US")).precision(.significantDigits(1...3)))
    }
}
