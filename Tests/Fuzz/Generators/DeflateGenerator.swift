import ChatProtocol

/// Payloads of compressed messages: as a peer of ours makes them, as others may, and wrong ones.
enum DeflateGenerator {
    /// Fixed codes, stored, empty and final blocks (RFC 7692 section 7.2.3), and data that inflates five-hundredfold.
    private static let blocks: [[UInt8]] = [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        [0xF2, 0x00, 0x11, 0x00, 0x00],
        [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0x01, 0x00, 0x00, 0xFF, 0xFF], [0x00], [0x03, 0x00], [0x02], [0x00, 0x00, 0x00, 0xFF, 0xFF],
        Self.deflate(
            Array(repeating: 0x61, count: 140_000),
            using: MessageDeflater(windowBits: 15, memoryLevel: 5, level: 1, takesOverContext: false)),
    ]

    private static let smallBlocks = Array(Self.blocks.dropLast())
    private static let mutation = Mutation()

    /// - Parameter deflater: that of the connection if its messages may refer to earlier ones.
    static func payload(deflater: MessageDeflater, _ random: inout FuzzRandom) -> [UInt8] {
        var payload: [UInt8]
        switch random.below(20) {
        case 0..<13:
            payload = self.deflate(TextGenerator.text(TextGenerator.length(&random), &random), using: deflater)
        case 13..<19:
            payload = []
            for _ in 0..<random.within(1...4) { payload += random.pick(random.once(in: 40) ? self.blocks : self.smallBlocks) }
        default: payload = random.bytes(random.below(40))
        }
        if random.once(in: 4) { self.mutation.apply(to: &payload, &random) }
        return payload
    }

    static func deflate(_ message: [UInt8], using deflater: MessageDeflater) -> [UInt8] {
        var payload: [UInt8] = []
        message.withUnsafeBytes { deflater.deflate($0) { payload.append(contentsOf: $0) } }
        return payload
    }

    /// One that starts anew: small, so that it costs little to make.
    static func deflater(takesOverContext: Bool) -> MessageDeflater {
        guard takesOverContext else { return self.shared }
        return MessageDeflater(windowBits: 9, memoryLevel: 1, level: 6, takesOverContext: true)
    }

    nonisolated(unsafe) private static let shared = MessageDeflater(windowBits: 15, memoryLevel: 5, level: 6, takesOverContext: false)
}
