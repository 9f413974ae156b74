import ChatProtocol

/// Compressed messages, into the inflater.
enum InflateTarget: FuzzTarget {
    static let name = "inflate"
    static let weight = 10

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        let bits = random.byte()
        let deflater = DeflateGenerator.deflater(takesOverContext: bits & 1 != 0)
        var bytes = [bits, random.byte(), random.byte(), random.byte(), random.byte()]
        for _ in 0..<random.within(1...3) {
            let payload = DeflateGenerator.payload(deflater: deflater, &random).prefix(65_535)
            bytes += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        }
        return bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        var bits = input.byte()
        let takesOverContext = input.flag(&bits)
        let limit = [0, 1, 200, 1023, 1024, 1025, 20_000, 131_072][Int(bits & 7)] + Int(input.byte() & 7)
        let seed = input.word() + Int(input.byte())
        let whole = self.inflater(takesOverContext, 0)
        let cut = self.inflater(takesOverContext, 1)
        var reference = ReferenceInflate(takesOverContext: takesOverContext, limit: limit)
        var rest = input.rest
        while rest.count >= 2 {
            let length = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
            let payload = rest.dropFirst(2).prefix(length)
            rest = rest[payload.endIndex...]
            let one = try self.inflate([payload], with: whole, limit: limit)
            let other = try self.inflate(Chunks(payload, seed: seed), with: cut, limit: limit)
            let expected = reference.message(Array(payload))
            try check(one == other, "what is inflated depends on how the bytes are cut", "whole: \(one)\ncut: \(other)")
            try check(one == expected, "zlib in one go disagrees with the inflater", "\(one)\nreference: \(expected)")
            if case .message = one { continue }
            try self.checkReusable(whole)
            try self.checkReusable(cut)
            // That was a message too, which the others may refer to.
            break
        }
    }

    nonisolated(unsafe) private static let shared = (0..<2).map { _ in MessageInflater(windowBits: 15, takesOverContext: false) }

    private static func inflater(_ takesOverContext: Bool, _ index: Int) -> MessageInflater {
        takesOverContext ? MessageInflater(windowBits: 15, takesOverContext: true) : self.shared[index]
    }

    private static func inflate(
        _ chunks: some Sequence<ArraySlice<UInt8>>, with inflater: MessageInflater, limit: Int
    ) throws(Finding) -> ReferenceInflate.Outcome {
        var output: [UInt8] = []
        var calls = 0
        var fed = 0
        let limits = MessageInflater.Limits(maximumBytes: limit, maximumRatio: 200)
        func feed(_ chunk: ArraySlice<UInt8>, isLast: Bool) throws(InflateError) {
            fed += 1
            let result: Result<Void, InflateError> = chunk.withUnsafeBytes { bytes in
                Result { () throws(InflateError) in
                    try inflater.inflate(bytes, isLast: isLast, limit: limits) {
                        output.append(contentsOf: $0)
                        calls += 1
                    }
                }
            }
            try result.get()
        }
        var outcome: ReferenceInflate.Outcome
        do throws(InflateError) {
            for chunk in chunks { try feed(chunk, isLast: false) }
            // As an empty continuation frame ends a message.
            try feed([], isLast: true)
            outcome = .message(output)
        } catch {
            outcome = error == .tooBig ? .tooBig : .invalid
        }
        try check(output.count <= limit, "more was handed on than the limit allows")
        try check(!inflater.isInsideMessage, "the inflater is inside of a message that has ended")
        // Every call but a chunk's last, and those at final blocks, hands on a full buffer.
        try check(calls <= output.count, "an empty buffer was handed on")
        return outcome
    }

    private static func checkReusable(_ inflater: MessageInflater) throws(Finding) {
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let outcome = try self.inflate([hello[...]], with: inflater, limit: 100)
        try check(outcome == .message(Array("Hello".utf8)), "an inflater is of no use after an error", "\(outcome)")
    }
}
