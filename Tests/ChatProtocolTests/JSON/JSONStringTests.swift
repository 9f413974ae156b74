import Testing

@testable import ChatProtocol

struct JSONStringTests {
    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u00E9\u65e5""#, "Aéé日"),
        (#""\u0000""#, "\u{0}"),
        (#""\uD83D\uDE00\ud83d\ude00""#, "😀😀"),
        (#""\uDBFF\uDFFF\uD800\uDC00""#, "\u{10FFFF}\u{10000}"),
        (#""\uFFFF\uD7FF\uE000""#, "\u{FFFF}\u{D7FF}\u{E000}"),
        (#""a\nb""#, "a\nb"),
        (#""\\u0041""#, #"\u0041"#),
        (#""e\u0301""#, "e\u{301}"),
        (#""\r\n""#, "\r\n"),
        ("\"\u{2028}\u{7F}\u{80}\"", "\u{2028}\u{7F}\u{80}"),
        (#""""#, ""),
    ])
    func reads(_ json: String, _ value: String) throws {
        let read = try reading(json) { try $0.readString() }
        #expect(Array(read.utf8) == Array(value.utf8))
        try reading(json) { try $0.skipValue() }
    }

    /// A surrogate is half a character: alone it is none, and a Swift string cannot hold it.
    @Test(arguments: [
        #""\uD800""#, #""\uDBFF""#, #""\uDC00""#, #""\uDFFF""#, #""\uD800\uD800""#, #""\uD800\u0041""#, #""\uDC00\uD800""#, #""\uD800x""#,
        #""\uD800\n""#, #""\uD83D\u""#, #""\uD83D\uDE""#, #""\uD83D\"#,
    ])
    func refusesLoneSurrogates(_ json: String) {
        #expect(throws: JSONError.self) { try reading(json) { try $0.readString() } }
        #expect(throws: JSONError.self) { try reading(json) { try $0.skipValue() } }
    }

    @Test(arguments: [
        #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u12G4""#, #""\u 123""#, #""\u+123""#, #""\u-001""#, #""\u12"#, "\"\\u００４１\"",
    ])
    func refusesEscapesThatAreNotFourDigits(_ json: String) {
        #expect(throws: JSONError.self) { try reading(json) { try $0.readString() } }
        #expect(throws: JSONError.self) { try reading(json) { try $0.skipValue() } }
    }

    @Test(arguments: UInt8(0)..<0x20)
    func refusesControlCharactersThatAreNotEscaped(_ byte: UInt8) {
        for json in [[0x22, byte, 0x22], [0x22, 0x61, byte, 0x22], [0x22, 0x5C, 0x6E, byte, 0x22]] {
            #expect(throws: JSONError.self) { try reading(json) { try $0.readString() } }
            #expect(throws: JSONError.self) { try reading(json) { try $0.skipValue() } }
        }
    }

    /// From the tables of RFC 3629: stray and missing continuation bytes, forms that are too long, surrogates, beyond U+10FFFF.
    static let invalidUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xFF], [0xFE], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
        [
            0xE0, 0x80,
            0xAF,
        ],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80],
        [
            0xF5, 0x80, 0x80,
            0x80,
        ],
        [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]

    @Test(arguments: invalidUTF8)
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        let quote: [UInt8] = [0x22]
        let newline: [UInt8] = [0x5C, 0x6E]
        #expect(throws: JSONError.self) { try reading(quote + bytes + quote) { try $0.readString() } }
        #expect(throws: JSONError.self) { try reading(quote + newline + bytes + quote) { try $0.readString() } }
        #expect(throws: JSONError.self) { try reading(quote + bytes + newline + quote) { try $0.readString() } }
        #expect(throws: JSONError.self) { try reading(quote + bytes + quote) { try $0.readRawValue() } }
    }

    @Test(arguments: invalidUTF8)
    func refusesAFrameThatIsNotUTF8(_ bytes: [UInt8]) {
        let frames: [[UInt8]] = [
            Array(#"{"action":"sendMessage","message":""#.utf8) + bytes + Array("\"}".utf8),
            Array(#"{"action":"ping","x":""#.utf8) + bytes + Array("\"}".utf8),
            Array(#"{"action":"ping",""#.utf8) + bytes + Array("\":1}".utf8),
        ]
        for frame in frames {
            let error = #expect(throws: ChatRequestError.self) { try ChatRequest(decoding: frame) }
            #expect(error?.error.code == .malformedRequest)
        }
    }
}
