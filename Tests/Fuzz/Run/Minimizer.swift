/// Makes a case smaller as long as it stays the same finding.
struct Minimizer {
    /// Whether a case is still the finding.
    let holds: ([UInt8]) -> Bool

    func minimize(_ bytes: [UInt8]) -> [UInt8] {
        var best = bytes
        while true {
            let before = best
            self.removeParts(&best)
            self.simplifyBytes(&best)
            if best == before { return best }
        }
    }

    private func removeParts(_ best: inout [UInt8]) {
        var length = max(1, best.count / 2)
        while true {
            var index = 1
            while index < best.count {
                var smaller = best
                smaller.removeSubrange(index..<min(index + length, best.count))
                if self.holds(smaller) { best = smaller } else { index += length }
            }
            if length == 1 { return }
            length /= 2
        }
    }

    private func simplifyBytes(_ best: inout [UInt8]) {
        guard best.count <= 400 else { return }
        for index in best.indices.dropFirst() {
            for value: UInt8 in [0, 1, 0x61] where best[index] > value || value == 0x61 && best[index] > 0x7F {
                var simpler = best
                simpler[index] = value
                if self.holds(simpler) {
                    best = simpler
                    break
                }
            }
        }
    }
}
