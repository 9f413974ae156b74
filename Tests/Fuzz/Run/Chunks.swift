/// Bytes cut into reads, as a network might.
struct Chunks: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>
    private var random: FuzzRandom
    private let longest: Int

    /// - Parameter seed: says how long the pieces are.
    init(_ bytes: ArraySlice<UInt8>, seed: Int) {
        self.rest = bytes
        self.random = FuzzRandom(seed: UInt64(seed))
        // Byte by byte is the hardest way, and too dear for long input.
        let longest = [1, 3, 16, 64, 512, Swift.max(1, bytes.count)][seed % 6]
        self.longest = Swift.max(longest, bytes.count / 40)
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard !self.rest.isEmpty else { return nil }
        let chunk = self.rest.prefix(self.random.within(1...self.longest))
        self.rest = self.rest[chunk.endIndex...]
        return chunk
    }
}
