import Testing

@testable import ChatProtocol

/// Payloads that are no message.
struct MessageInflaterInvalidTests {
    @Test(arguments: [
        ("block type 3", [0x07]), ("block type 3 after a block", RFC7692VectorTests.compressedHello + [0x06]),
        ("stored length and its complement differ", [0x00, 0x05, 0x00, 0xFA, 0xFE, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]),
        ("distance before the start", [0xF2, 0x00, 0x11, 0x00, 0x00]),
        ("tail not taken off", RFC7692VectorTests.compressedHello + [0x00, 0x00, 0xFF, 0xFF]),
        ("no end of a flush", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07]),
        ("garbage behind", RFC7692VectorTests.compressedHello + [0xFF]),
        ("garbage behind a final block", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xFF]),
        // A block whose code makes 16 zeroes of 00 00 and its end of 15 ones of FF FF.
        (
            "a bit left behind the tail",
            [
                0x04, 0xE0, 0x81, 0x92, 0x24, 0x49, 0x92, 0x24, 0xC9, 0x22, 0xB1, 0xA8, 0x79, 0x64, 0xF5, 0xEC, 0xBD, 0xFF, 0xFF, 0xDC,
                0x07,
            ]
        ),
        ("noise", [0xFF, 0xFF, 0xFF, 0xFF]), ("not compressed", Array("Hello".utf8)),
        ("zlib header", [0x78, 0x9C, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]), ("gzip header", [0x1F, 0x8B, 0x08, 0x00]),
    ])
    func refuses(_ name: String, _ payload: [UInt8]) throws {
        for takesOverContext in [false, true] {
            let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
            #expect(throws: InflateError.invalid) { try inflater.inflate(payload) }
            #expect(!inflater.isInsideMessage)
            #expect(try inflater.inflate(RFC7692VectorTests.compressedHello) == RFC7692VectorTests.hello, "The inflater is not as new.")
        }
        #expect(ReferenceInflate.message(payload) == nil)
    }

    @Test func refusesEveryPrefix() throws {
        var generator = SplitMix64(seed: 3)
        let message = deflateSample(count: 1000, using: &generator)
        let payload = MessageDeflater(takesOverContext: false).deflate(message)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        for count in 1..<payload.count {
            let prefix = Array(payload[..<count])
            // Where a block of the stream ends at a byte, as the last one does, a prefix may be a message of its own.
            if let reference = ReferenceInflate.message(prefix) {
                #expect(try inflater.inflate(prefix) == reference.message)
            } else {
                #expect(throws: InflateError.invalid) { try inflater.inflate(prefix) }
            }
        }
        #expect(try inflater.inflate(payload) == message)
    }
}
