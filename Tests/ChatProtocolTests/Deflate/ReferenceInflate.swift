/// RFC 1951 once more and without zlib, bit by bit, to hold against what zlib makes and takes.
///
/// Inflates one message as RFC 7692 section 7.2.2 says: append 00 00 FF FF, then read blocks until the bytes are used up.
struct ReferenceInflate {
    struct Invalid: Error {}

    /// What was inflated, after the context that it began with.
    private(set) var output: [UInt8]
    private(set) var longestDistance = 0
    private let bytes: [UInt8]
    private var bit = 0

    /// Nil when the payload is invalid.
    static func message(_ payload: [UInt8], context: [UInt8] = []) -> (message: [UInt8], longestDistance: Int)? {
        if payload.isEmpty { return ([], 0) }
        var inflate = Self(bytes: payload + [0x00, 0x00, 0xFF, 0xFF], context: context)
        do {
            while inflate.bit < inflate.bytes.count * 8 {
                let isFinal = try inflate.block()
                if isFinal { inflate.bit = (inflate.bit + 7) / 8 * 8 }
                // A final block may end the message without the 00 that section 7.2.3.4 adds.
                if isFinal, inflate.bit == payload.count * 8 { break }
            }
            return (Array(inflate.output.dropFirst(context.count)), inflate.longestDistance)
        } catch {
            return nil
        }
    }

    private init(bytes: [UInt8], context: [UInt8]) {
        self.bytes = bytes
        self.output = context
    }

    private mutating func bits(_ count: Int) throws -> Int {
        guard self.bit + count <= self.bytes.count * 8 else { throw Invalid() }
        var value = 0
        for index in 0..<count {
            value |= Int(self.bytes[self.bit / 8] >> UInt8(self.bit % 8) & 1) << index
            self.bit += 1
        }
        return value
    }

    private mutating func block() throws -> Bool {
        let isFinal = try self.bits(1) == 1
        switch try self.bits(2) {
        case 0: try self.stored()
        case 1: try self.codes(literals: Self.fixedLiterals, distances: Self.fixedDistances)
        case 2: try self.dynamic()
        default: throw Invalid()
        }
        return isFinal
    }

    private mutating func stored() throws {
        self.bit = (self.bit + 7) / 8 * 8
        let length = try self.bits(16)
        guard try self.bits(16) == length ^ 0xFFFF else { throw Invalid() }
        for _ in 0..<length { self.output.append(UInt8(try self.bits(8))) }
    }

    private mutating func dynamic() throws {
        let literalCount = try self.bits(5) + 257
        let distanceCount = try self.bits(5) + 1
        let lengthCount = try self.bits(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw Invalid() }
        var lengths = Array(repeating: 0, count: 19)
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(lengthCount) {
            lengths[symbol] = try self.bits(3)
        }
        guard let lengthCode = HuffmanCode(lengths, mayBeIncomplete: false) else { throw Invalid() }
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try self.symbol(lengthCode) {
            case 16:
                guard let last = all.last else { throw Invalid() }
                all.append(contentsOf: repeatElement(last, count: try self.bits(2) + 3))
            case 17: all.append(contentsOf: repeatElement(0, count: try self.bits(3) + 3))
            case 18: all.append(contentsOf: repeatElement(0, count: try self.bits(7) + 11))
            case let length: all.append(length)
            }
        }
        guard all.count == literalCount + distanceCount, all[256] != 0,
            let literals = HuffmanCode(Array(all[..<literalCount]), mayBeIncomplete: true),
            let distances = HuffmanCode(Array(all[literalCount...]), mayBeIncomplete: true)
        else { throw Invalid() }
        try self.codes(literals: literals, distances: distances)
    }

    private mutating func codes(literals: HuffmanCode, distances: HuffmanCode) throws {
        while true {
            let symbol = try self.symbol(literals)
            guard symbol != 256 else { return }
            guard symbol > 256 else {
                self.output.append(UInt8(symbol))
                continue
            }
            guard symbol <= 285 else { throw Invalid() }
            let length = try self.value(Self.lengths[symbol - 257])
            let distanceSymbol = try self.symbol(distances)
            guard distanceSymbol < 30 else { throw Invalid() }
            let distance = try self.value(Self.distances[distanceSymbol])
            guard distance <= self.output.count else { throw Invalid() }
            self.longestDistance = max(self.longestDistance, distance)
            for _ in 0..<length { self.output.append(self.output[self.output.count - distance]) }
        }
    }

    private mutating func value(_ code: (base: Int, extra: Int)) throws -> Int {
        try code.base + self.bits(code.extra)
    }

    private mutating func symbol(_ code: HuffmanCode) throws -> Int {
        var value = 0
        var first = 0
        var index = 0
        for count in code.counts.dropFirst() {
            value |= try self.bits(1)
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Invalid()
    }

    private static let fixedLiterals = HuffmanCode(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }, mayBeIncomplete: false)!
    private static let fixedDistances = HuffmanCode(Array(repeating: 5, count: 32), mayBeIncomplete: false)!
    private static let lengths =
        Self.table(first: 3, extras: (0...5).flatMap { Array(repeating: $0, count: $0 == 0 ? 8 : 4) }) + [(258, 0)]
    private static let distances = Self.table(first: 1, extras: (0...13).flatMap { Array(repeating: $0, count: $0 == 0 ? 4 : 2) })

    private static func table(first: Int, extras: [Int]) -> [(base: Int, extra: Int)] {
        var base = first
        return extras.map { extra in
            defer { base += 1 << extra }
            return (base, extra)
        }
    }
}

/// A canonical code: how many symbols each length has, and the symbols in the order of their codes.
private struct HuffmanCode {
    let counts: [Int]
    let symbols: [Int]

    /// Nil when the lengths give no code that zlib takes: an incomplete one only with a single symbol of one bit, or none at all.
    init?(_ lengths: [Int], mayBeIncomplete: Bool) {
        var counts = Array(repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        var left = 1
        for count in counts.dropFirst() {
            left = left << 1 - count
            if left < 0 { return nil }
        }
        let used = counts.reduce(0, +)
        guard left == 0 || mayBeIncomplete && (used == 0 || used == 1 && counts[1] == 1) else { return nil }
        self.counts = counts
        self.symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    }
}
