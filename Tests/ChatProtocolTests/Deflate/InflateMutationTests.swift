import Testing

@testable import ChatProtocol

/// Payloads that were right before somebody changed them: accepted and refused as the reference does, however they are cut.
struct InflateMutationTests {
    @Test(arguments: [1, 2, 3, 4], [false, true])
    func asTheReferenceDoes(seed: UInt64, takesOverContext: Bool) throws {
        var generator = SplitMix64(seed: seed)
        let inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
        var context: [UInt8] = []
        var accepted = 0
        var refused = 0
        for _ in 0..<300 {
            let payload = mutatedPayload(using: &generator)
            let reference = ReferenceInflate.message(payload, context: context)
            let inflated: [UInt8]?
            do throws(InflateError) {
                inflated = try inflater.inflate(payload, chunksUpTo: [1, 20, 2000].randomElement(using: &generator)!, using: &generator)
                accepted += 1
            } catch {
                inflated = nil
                refused += 1
            }
            guard inflated == reference?.message else {
                Issue.record("zlib and the reference differ: \(payload), after \(context.count) bytes of context")
                return
            }
            context = takesOverContext ? inflated.map { context + $0 } ?? [] : []
            if context.count > 65_536 { context.removeFirst(context.count - 32_768) }
        }
        // Else the mutations were so wild, or so mild, that the test says nothing.
        #expect(accepted > 30 && refused > 30)
    }
}

/// One or more messages' blocks, changed a little or not at all, or nothing but noise.
func mutatedPayload(using generator: inout SplitMix64) -> [UInt8] {
    if Int.random(in: 0..<20, using: &generator) == 0 {
        return (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    var payload: [UInt8] = []
    let deflater = MessageDeflater(
        windowBits: 15, memoryLevel: Int.random(in: 1...9, using: &generator), level: Int.random(in: 1...9, using: &generator),
        takesOverContext: Bool.random(using: &generator))
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
        if !payload.isEmpty { payload += [0x00, 0x00, 0xFF, 0xFF] }
        payload += deflater.deflate(deflateSample(count: Int.random(in: 0...300, using: &generator), using: &generator))
    }
    guard Int.random(in: 0..<4, using: &generator) > 0 else { return payload }
    for _ in 0..<Int.random(in: 1...2, using: &generator) where !payload.isEmpty {
        let index = Int.random(in: 0..<payload.count, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: payload[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: payload[index] = UInt8.random(in: 0...255, using: &generator)
        case 2: payload.remove(at: index)
        case 3: payload.insert(UInt8.random(in: 0...255, using: &generator), at: index)
        case 4: payload.removeSubrange(index...)
        // The first block becomes final.
        case 5: payload[0] |= 1
        default: payload.append(contentsOf: [[0x00], [0x01], [0x03, 0x00], [0x00, 0x00, 0xFF, 0xFF]].randomElement(using: &generator)!)
        }
    }
    return payload
}
