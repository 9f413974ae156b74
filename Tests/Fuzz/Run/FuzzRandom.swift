/// SplitMix64: the same seed makes the same cases on every machine.
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var word = self.state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Slightly uneven, which does not matter here, and cheap.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: ((self.next() >> 32) &* UInt64(bound)) >> 32) }

    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + self.below(range.count) }

    /// True once in so many times.
    mutating func once(in count: Int) -> Bool { self.below(count) == 0 }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: self.next() >> 40) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.below(elements.count)] }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(self.byte()) }
        return bytes
    }
}
