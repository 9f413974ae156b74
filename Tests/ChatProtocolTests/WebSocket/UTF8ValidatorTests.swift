import ChatProtocol
import Testing

/// Compared with the standard library, and with the classic edges of RFC 3629.
struct UTF8ValidatorTests {
    private static func isValid(_ bytes: some Sequence<UInt8>) -> Bool {
        Array(bytes).withUnsafeBytes(UTF8Validator.isValid)
    }

    @Test(arguments: [
        "", "a", "\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10000}",
        "\u{10FFFF}", "κόσμε", "Grüße 👋🏽", "12345678", "1234567é", "12345678é", "👨‍👩‍👧‍👦 family",
    ])
    func takesUTF8(_ text: String) {
        #expect(Self.isValid(text.utf8))
        // Also where the bytes of eight are read at once, whatever comes before.
        for count in 0..<9 { #expect(Self.isValid(Array(repeating: 0x61, count: count) + Array(text.utf8))) }
    }

    @Test(
        arguments: [
            // Continuation bytes alone, and first bytes without theirs.
            [0x80], [0xBF], [0x61, 0x80], [0xC2], [0xDF, 0x61], [0xE1, 0x80], [0xE1, 0x80, 0x61], [0xF1, 0x80, 0x80],
            [0xF1, 0x80, 0x80, 0x61],
            [0xF1, 0x61, 0x80, 0x80], [0xE1, 0x61, 0x80],
            // Overlong forms.
            [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xC0, 0x80],
            // Surrogates, also in pairs.
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB1, 0x8B],
            // Above U+10FFFF, and bytes that UTF-8 never has.
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
            [0xFE], [0xFF],
        ] as [[UInt8]])
    func refusesWhatIsNone(_ bytes: [UInt8]) {
        #expect(!Self.isValid(bytes))
        for count in 0..<9 {
            let ascii = Array(repeating: UInt8(0x61), count: count)
            #expect(!Self.isValid(ascii + bytes))
            #expect(!Self.isValid(bytes + ascii))
        }
    }

    @Test func everyTwoBytesAndTheEdgesOfTheThird() throws {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let two = [first, second]
                try #require(Self.isValid(two) == (String(validating: two, as: UTF8.self) != nil), "\(two)")
                guard first >= 0xE0 else { continue }
                for third in edges {
                    let four = [first, second, third, 0x80]
                    try #require(Self.isValid(four.prefix(3)) == (String(validating: four.prefix(3), as: UTF8.self) != nil), "\(four)")
                    try #require(Self.isValid(four) == (String(validating: four, as: UTF8.self) != nil), "\(four)")
                }
            }
        }
    }

    /// Valid text with a byte or two changed, which random bytes alone would seldom be.
    @Test(arguments: 1...4) func agreesWithTheStandardLibrary(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var counts = [true: 0, false: 0]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let limit: UInt32 = [0x80, 0x80, 0x800, 0x10000, 0x110000].randomElement(using: &random)!
                if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { bytes += Array(String(scalar).utf8) }
            }
            if !bytes.isEmpty, Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            if Int.random(in: 0..<8, using: &random) == 0 { bytes = Array(bytes.dropLast()) }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            try #require(Self.isValid(bytes) == isValid, "\(bytes)")
            counts[isValid, default: 0] += 1
        }
        #expect(counts[true]! > 1000 && counts[false]! > 1000, "\(counts)")
    }

    /// Bytes come in pieces, and a verdict falls with the first that no others could mend.
    @Test(arguments: 0..<20) func doesNotDependOnHowTheBytesAreCut(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in
                [0x61, 0x80, 0xA0, 0xBF, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4].randomElement(using: &random)! as UInt8
            }
            var validator = UTF8Validator()
            var isValid = true
            var rest = bytes[...]
            while isValid, !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...5, using: &random))
                rest = rest.dropFirst(piece.count)
                isValid = piece.withUnsafeBytes { validator.append($0) }
            }
            #expect((isValid && validator.isComplete) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test(arguments: [[0xED, 0xA0], [0xF4, 0x90], [0xE0, 0x80], [0xC3, 0x61], [0xF8]] as [[UInt8]])
    func failsBeforeTheCharacterIsWhole(_ bytes: [UInt8]) {
        var validator = UTF8Validator()
        #expect(!bytes.withUnsafeBytes { validator.append($0) })
    }
}
