/// One case, as bytes: options first, then what a peer would send. Whoever mutates bytes so mutates both.
struct FuzzInput {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.index = bytes.startIndex
    }

    /// The next option; 0 where there is none.
    mutating func byte() -> UInt8 {
        guard self.index < self.bytes.endIndex else { return 0 }
        defer { self.index += 1 }
        return self.bytes[self.index]
    }

    mutating func word() -> Int { Int(self.byte()) << 8 | Int(self.byte()) }

    mutating func flag(_ bits: inout UInt8) -> Bool {
        defer { bits >>= 1 }
        return bits & 1 != 0
    }

    /// What comes after the options.
    var rest: ArraySlice<UInt8> { self.bytes[self.index...] }
}
