import Testing

@testable import ChatProtocol

/// Few bytes that would inflate to many.
struct MessageInflaterLimitTests {
    /// 64 MiB of zeroes in 65 KB: the blocks of one MiB, 64 times.
    static let bomb: [UInt8] = {
        let deflater = MessageDeflater(takesOverContext: false)
        let block = deflater.deflate(Array(repeating: 0, count: 1 << 20)) + [0x00, 0x00, 0xFF, 0xFF]
        return Array(repeatElement(block, count: 64).joined().dropLast(4))
    }()

    /// How many bytes were handed on before the message was refused, and how.
    static func detonate(_ payload: [UInt8], chunk: Int, limit: MessageInflater.Limits) -> (appended: Int, error: InflateError?) {
        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        var appended = 0
        var rest = payload[...]
        do throws(InflateError) {
            repeat {
                let next = Array(rest.prefix(chunk))
                rest = rest.dropFirst(chunk)
                let isLast = rest.isEmpty
                let result = next.withUnsafeBytes { bytes in
                    Result { () throws(InflateError) in
                        try inflater.inflate(bytes, isLast: isLast, limit: limit) { appended += $0.count }
                    }
                }
                try result.get()
            } while !rest.isEmpty
            return (appended, nil)
        } catch {
            return (appended, error)
        }
    }

    @Test(arguments: [0, 1, 1000, 16_383, 16_384, 16_385, 131_072], [1, 100, 100_000])
    func stopsAtTheLimit(maximum: Int, chunk: Int) {
        let limits = MessageInflater.Limits(maximumBytes: maximum, maximumRatio: 2000)
        let (appended, error) = Self.detonate(Self.bomb, chunk: chunk, limit: limits)
        #expect(error == .tooBig)
        #expect(appended <= maximum)
    }

    @Test(arguments: [1, 100, 100_000], [1, 50, 200, 1000])
    func stopsAtTheRatio(chunk: Int, ratio: Int) {
        let limits = MessageInflater.Limits(maximumBytes: 1 << 30, maximumRatio: ratio)
        let (appended, error) = Self.detonate(Self.bomb, chunk: chunk, limit: limits)
        #expect(error == .tooBig)
        // DEFLATE exceeds 1,000 by little, and comes near it only after some bytes.
        #expect(appended <= (ratio < 1000 ? MessageInflater.Limits.ratioSlackBytes : 1 << 20))
    }

    @Test func withinBothTheSameMessagePasses() {
        let limits = MessageInflater.Limits(maximumBytes: 64 << 20, maximumRatio: 1100)
        let (appended, error) = Self.detonate(Self.bomb, chunk: 5000, limit: limits)
        #expect(error == nil)
        #expect(appended == 64 << 20)
    }

    @Test func theLimitItselfIsAllowed() throws {
        let payload = MessageDeflater(takesOverContext: false).deflate(Array(repeating: 1, count: 16_384))
        let exact = MessageInflater.Limits(maximumBytes: 16_384, maximumRatio: 1)
        let less = MessageInflater.Limits(maximumBytes: 16_383, maximumRatio: 1)
        for chunk in [1, 5, 1000] {
            #expect(Self.detonate(payload, chunk: chunk, limit: exact).error == nil)
            #expect(Self.detonate(payload, chunk: chunk, limit: less).error == .tooBig)
        }
        #expect(Self.detonate([0x00], chunk: 1, limit: MessageInflater.Limits(maximumBytes: 0, maximumRatio: 1)).error == nil)
    }

    /// Else one user's silly message would lock everybody out of a room's history.
    @Test func aPageOfOneLetterIsNoBomb() throws {
        let page = Array(repeating: UInt8(ascii: "a"), count: 128 * 1024)
        let payload = MessageDeflater(takesOverContext: false).deflate(page)
        let limits = MessageInflater.Limits(maximumBytes: 128 * 1024, maximumRatio: WebSocketCompression().maximumRatio)
        #expect(page.count > payload.count * limits.maximumRatio)
        #expect(Self.detonate(payload, chunk: 1000, limit: limits).error == nil)
    }

    /// The limits are those of a message, not of a connection.
    @Test func countsEachMessageByItself() throws {
        let deflater = MessageDeflater(takesOverContext: true)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        let message = Array(repeating: UInt8(2), count: 200_000)
        for _ in 0..<20 {
            let payload = deflater.deflate(message)
            #expect(try inflater.inflate(payload, limit: MessageInflater.Limits(maximumBytes: 200_000, maximumRatio: 10)) == message)
        }
        // Nor do honest messages pay for one that is not.
        var generator = SplitMix64(seed: 1)
        let noise = deflater.deflate((0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        _ = try inflater.inflate(noise)
        let bomb = deflater.deflate(Array(repeating: 2, count: 400_000))
        #expect(throws: InflateError.tooBig) {
            try inflater.inflate(bomb, limit: MessageInflater.Limits(maximumBytes: 400_000, maximumRatio: 10))
        }
    }

    @Test func aRefusedMessageLeavesAnInflaterThatIsNew() throws {
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        #expect(throws: InflateError.tooBig) {
            try inflater.inflate(Self.bomb, limit: MessageInflater.Limits(maximumBytes: 1000, maximumRatio: 10))
        }
        #expect(!inflater.isInsideMessage)
        #expect(
            try inflater.inflate(RFC7692VectorTests.compressedHello, limit: MessageInflater.Limits(maximumBytes: 5, maximumRatio: 1))
                == RFC7692VectorTests.hello)
    }
}
