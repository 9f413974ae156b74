/// Small damage to bytes that were right.
struct Mutation {
    /// Bytes that mean something to the code under test, to be put in somewhere.
    var tokens: [[UInt8]]

    private static let edges: [UInt8] = [0x00, 0x01, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x88, 0xC0, 0xFE, 0xFF, 0x0A, 0x0D, 0x20]

    init(tokens: [String] = []) { self.tokens = tokens.map { Array($0.utf8) } }

    func apply(to bytes: inout [UInt8], _ random: inout FuzzRandom) {
        for _ in 0..<random.within(1...3) { self.step(&bytes, &random) }
    }

    private func step(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let place = random.below(bytes.count + 1)
        let kind = random.below(self.tokens.isEmpty ? 7 : 9)
        if kind >= 7 { return bytes.insert(contentsOf: random.pick(self.tokens), at: place) }
        guard place < bytes.count else { return bytes.append(random.byte()) }
        let length = Swift.min(bytes.count - place, random.within(1...8))
        switch kind {
        case 0: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1: bytes[place] = random.pick(Self.edges)
        case 2: bytes[place] = random.byte()
        case 3: bytes.insert(random.byte(), at: place)
        case 4: bytes.removeSubrange(place..<place + length)
        case 5: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: random.below(bytes.count + 1))
        default: bytes.removeSubrange(place...)
        }
    }
}
