import Testing

@testable import ChatProtocol

/// What is deflated comes back, whatever the settings, the sizes and the chunks.
struct MessageRoundTripTests {
    @Test(arguments: Array(8...15), [false, true])
    func everyWindow(windowBits: Int, takesOverContext: Bool) throws {
        var generator = SplitMix64(seed: UInt64(windowBits))
        for memoryLevel in 1...9 {
            let deflater = MessageDeflater(
                windowBits: windowBits, memoryLevel: memoryLevel, level: Int.random(in: 1...9, using: &generator),
                takesOverContext: takesOverContext)
            let inflater = MessageInflater(windowBits: windowBits, takesOverContext: takesOverContext)
            for _ in 0..<6 {
                let message = deflateSample(count: [0, 1, 5, 100, 3000, 20_000].randomElement(using: &generator)!, using: &generator)
                let payload = deflater.deflate(message)
                let chunk = [1, 7, 300, 20_000].randomElement(using: &generator)!
                #expect(try inflater.inflate(payload, chunksUpTo: chunk, using: &generator) == message)
            }
        }
    }

    /// zlib sees a distance beyond the window only when the window alone holds what is meant, so this asks the reference.
    @Test(arguments: Array(8...15), [1, 6])
    func noDistanceBeyondTheWindow(windowBits: Int, level: Int) throws {
        var generator = SplitMix64(seed: 99)
        let deflater = MessageDeflater(windowBits: windowBits, memoryLevel: 9, level: level, takesOverContext: true)
        var context: [UInt8] = []
        var longest = 0
        for _ in 0..<6 {
            let message = deflateSample(count: 20_000, using: &generator)
            let inflated = try #require(ReferenceInflate.message(deflater.deflate(message), context: context))
            #expect(inflated.message == message)
            longest = max(longest, inflated.longestDistance)
            context += message
        }
        #expect(longest <= 1 << windowBits)
        // Else the test says nothing.
        #expect(windowBits == 8 ? longest == 1 : longest > 1 << (windowBits - 2))
    }

    @Test(arguments: [1, 2, 3], [false, true])
    func manyMessages(seed: UInt64, takesOverContext: Bool) throws {
        var generator = SplitMix64(seed: seed)
        let deflater = MessageDeflater(takesOverContext: takesOverContext)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
        for _ in 0..<400 {
            let message = deflateSample(count: Int.random(in: 0...600, using: &generator), using: &generator)
            #expect(try inflater.inflate(deflater.deflate(message), chunksUpTo: 50, using: &generator) == message)
        }
    }

    /// Around the sizes where an output chunk or an input piece ends.
    @Test func everyBoundary() throws {
        var generator = SplitMix64(seed: 5)
        // Repeats itself only beyond every window.
        let page = (0..<1 << 16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let noise = Array(repeatElement(page, count: 33).joined())
        let deflater = MessageDeflater(takesOverContext: false)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        let chunk = MessageDeflater.chunkBytes
        let aroundChunks = Array(chunk - 60...chunk + 10) + Array(2 * chunk - 60...2 * chunk + 10)
        let sizes = aroundChunks + [1 << 20, (1 << 20) + 1, (2 << 20) - 1, noise.count]
        for size in sizes {
            let message = Array(noise[..<size])
            var largest = 0
            var payload: [UInt8] = []
            message.withUnsafeBytes { message in
                deflater.deflate(message) {
                    largest = max(largest, $0.count)
                    payload.append(contentsOf: $0)
                }
            }
            #expect(largest <= chunk)
            #expect(payload.count < size + size / 1000 + 32)
            let inflated = try inflater.inflate(payload)
            #expect(inflated == message)
        }
    }

    @Test func aSharedInflaterKeepsNothingOfAConnectionThatLeft() throws {
        let deflater = MessageDeflater(takesOverContext: false)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        let first = deflater.deflate(Array(repeating: 7, count: 100_000))
        _ = try inflater.inflate(Array(first.dropLast(4)), isLast: false)
        inflater.reset()
        #expect(!inflater.isInsideMessage)
        // Exactly what the second message needs: bytes of the first would exceed both.
        let limits = MessageInflater.Limits(maximumBytes: 5, maximumRatio: 1)
        #expect(try inflater.inflate(RFC7692VectorTests.compressedHello, limit: limits) == RFC7692VectorTests.hello)
    }

    @Test func aFinalBlockDoesNotEndTheWindow() throws {
        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        #expect(try inflater.inflate([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]) == RFC7692VectorTests.hello)
        #expect(try inflater.inflate([0xF2, 0x00, 0x11, 0x00, 0x00]) == RFC7692VectorTests.hello)
    }

    @Test func manyFinalBlocksInOneMessage() throws {
        let final: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let payload = Array(repeatElement(final, count: 500).joined()) + [0x00]
        let expected = Array(repeatElement(RFC7692VectorTests.hello, count: 500).joined())
        var generator = SplitMix64(seed: 8)
        for takesOverContext in [false, true] {
            let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
            for size in [1, 2, 9, 100_000] {
                #expect(try inflater.inflate(payload, chunksUpTo: size, using: &generator) == expected)
            }
        }
    }

    /// The end of the block is read only when the next call has room again.
    @Test func aFinalBlockMayFillTheOutputChunk() throws {
        let deflater = MessageDeflater(takesOverContext: false)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        // Small payloads have a chunk of 1,024 bytes. The letters make the block end at every bit of a byte.
        for (letters, zeroes) in (0...16).flatMap({ letters in (980...1100).map { (letters, $0) } }) {
            let message = Array("aeinorst{}[]:,ul".utf8.prefix(letters)) + Array(repeating: 0, count: zeroes)
            var payload = deflater.deflate(message)
            // It is one block; now it is final, and the 00 behind it may be missing or not.
            payload[0] |= 1
            #expect(try inflater.inflate(payload) == message)
        }
    }

    /// zlib keeps the rest of a run that exceeds the output chunk, though it has read all input.
    @Test func handsOnAllThatAChunkHolds() throws {
        let deflater = MessageDeflater(takesOverContext: false)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: false)
        let payload = deflater.deflate(Array(repeating: 0, count: 50_000))
        for count in 1..<payload.count {
            inflater.reset()
            let atOnce = try inflater.inflate(Array(payload[..<count]), isLast: false)
            inflater.reset()
            var oneByOne: [UInt8] = []
            for byte in payload[..<count] { try inflater.inflate([byte], isLast: false, limit: .generous, into: &oneByOne) }
            #expect(atOnce.count == oneByOne.count)
        }
    }

    @Test func aSenderMayForgetWhatFollowsAFinalBlock() throws {
        let inflater = MessageInflater(windowBits: 15, takesOverContext: true)
        #expect(try inflater.inflate([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]) == RFC7692VectorTests.hello)
        #expect(try inflater.inflate([]) == [])
        // A final empty block of which the tail was taken off.
        #expect(try inflater.inflate([0x01]) == [])
        #expect(try inflater.inflate(RFC7692VectorTests.compressedHello) == RFC7692VectorTests.hello)
    }
}
