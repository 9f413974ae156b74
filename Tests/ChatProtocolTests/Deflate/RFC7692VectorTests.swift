import Testing

@testable import ChatProtocol

/// The examples of RFC 7692 section 7.2.3.
struct RFC7692VectorTests {
    static let hello: [UInt8] = Array("Hello".utf8)
    static let compressedHello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    @Test(arguments: [
        ("one block", compressedHello),
        ("no compression", [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]),
        ("BFINAL", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]),
        ("two blocks", [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]),
    ])
    func inflates(_ name: String, _ payload: [UInt8]) throws {
        for takesOverContext in [false, true] {
            let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
            #expect(try inflater.inflate(payload) == Self.hello)
            #expect(try inflater.inflate(payload) == Self.hello, "The first message left something behind.")
        }
        #expect(ReferenceInflate.message(payload)?.message == Self.hello)
    }

    @Test func inflatesTwoFragments() throws {
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        var output: [UInt8] = []
        try inflater.inflate([0xF2, 0x48, 0xCD], isLast: false, limit: .generous, into: &output)
        #expect(inflater.isInsideMessage)
        try inflater.inflate([0xC9, 0xC9, 0x07, 0x00], isLast: true, limit: .generous, into: &output)
        #expect(!inflater.isInsideMessage)
        #expect(output == Self.hello)
    }

    @Test func deflates() {
        let deflater = MessageDeflater(takesOverContext: false)
        #expect(deflater.deflate(Self.hello) == Self.compressedHello)
        #expect(deflater.deflate(Self.hello) == Self.compressedHello, "The context was not reset.")
    }

    @Test func sharesTheWindow() throws {
        let second: [UInt8] = [0xF2, 0x00, 0x11, 0x00, 0x00]
        let deflater = MessageDeflater(takesOverContext: true)
        #expect(deflater.deflate(Self.hello) == Self.compressedHello)
        #expect(deflater.deflate(Self.hello) == second)

        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        #expect(try inflater.inflate(Self.compressedHello) == Self.hello)
        #expect(try inflater.inflate(second) == Self.hello)
        #expect(try inflater.inflate(second) == Self.hello)

        let forgetful = MessageInflater(windowBits: 15, takesOverContext: false)
        #expect(try forgetful.inflate(Self.compressedHello) == Self.hello)
        #expect(throws: InflateError.invalid) { try forgetful.inflate(second) }
    }

    @Test(arguments: [false, true])
    func emptyMessage(takesOverContext: Bool) throws {
        let deflater = MessageDeflater(takesOverContext: takesOverContext)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
        // zlib by itself writes nothing for the second of two empty messages.
        for message in [[], [], Self.hello, [], [], Self.hello] {
            let payload = deflater.deflate(message)
            if message.isEmpty { #expect(payload == [0x00]) }
            #expect(try inflater.inflate(payload) == message)
        }
    }
}
