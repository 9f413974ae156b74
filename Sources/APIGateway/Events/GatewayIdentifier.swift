import ChatProtocol

/// The id of a connection, a request or a message: 11 bytes as 16 characters of URL-safe Base64, as `PJqB0fHsqRcCHlw=`.
struct GatewayIdentifier: Sendable, Hashable {
    /// 64 and 24 bits.
    private let high: UInt64
    private let low: UInt32

    init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low & 0xFF_FFFF
    }

    /// One that nobody can guess.
    static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return Self(high: generator.next(), low: UInt32(truncatingIfNeeded: generator.next()))
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    func append(to bytes: inout [UInt8]) {
        // 88 bits are 14 digits of six and one of four.
        for digit in 0..<10 { bytes.append(Self.digit(self.high >> UInt64(58 - 6 * digit))) }
        let rest = (self.high & 0xF) << 24 | UInt64(self.low)
        for digit in 0..<4 { bytes.append(Self.digit(rest >> UInt64(22 - 6 * digit))) }
        bytes.append(Self.digit(rest << 2))
        bytes.append(UInt8(ascii: "="))
    }

    private static func digit(_ value: UInt64) -> UInt8 { self.alphabet.utf8Start[Int(value & 63)] }

    var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        self.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a text has the form of a connection's id: 15 or 16 characters, the last of them `=`. AWS has given out both.
    static func isWellFormed(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (15...16).contains(bytes.count), bytes.last == UInt8(ascii: "=") else { return false }
        return bytes.dropLast().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// Makes ids that are unique, and random as a whole though one tells the next: for requests and messages, of which there are many.
struct GatewayIdentifierSource: Sendable {
    private let highSeed: UInt64
    private let lowSeed: UInt64
    private var count: UInt64 = 0

    init() {
        var generator = SystemRandomNumberGenerator()
        self.highSeed = generator.next()
        self.lowSeed = generator.next()
    }

    mutating func next() -> GatewayIdentifier {
        self.count &+= 1
        let step = self.count &* 0x9E37_79B9_7F4A_7C15
        // A bijection of the count, so none comes twice from one source.
        return GatewayIdentifier(
            high: Self.mix(self.highSeed &+ step), low: UInt32(truncatingIfNeeded: Self.mix(self.lowSeed &+ step)))
    }

    /// 96 bits of hexadecimal digits, as trace ids have them.
    mutating func appendTraceDigits(to bytes: inout [UInt8]) {
        let id = self.next()
        let other = self.next()
        id.appendHexadecimal(to: &bytes, digits: 16)
        other.appendHexadecimal(to: &bytes, digits: 8)
    }

    /// The finaliser of SplitMix64.
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

extension GatewayIdentifier {
    fileprivate func appendHexadecimal(to bytes: inout [UInt8], digits: Int) {
        Hexadecimal.append(self.high >> UInt64(64 - 4 * digits), digits: digits, to: &bytes)
    }
}

extension Hexadecimal {
    /// Appends the lowest digits of a number.
    static func append(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
        let alphabet: StaticString = "0123456789abcdef"
        for digit in (0..<digits).reversed() { bytes.append(alphabet.utf8Start[Int(value >> UInt64(4 * digit) & 0xF)]) }
    }
}
