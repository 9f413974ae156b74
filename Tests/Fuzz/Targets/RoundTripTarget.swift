import ChatProtocol
import NIOCore

@testable import ChatTransport

/// Messages of ours, as frames, into the machine of the other end.
enum RoundTripTarget: FuzzTarget {
    static let name = "round trip"
    static let weight = 8

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes = [random.byte() & 0b111, random.byte(), random.byte(), random.byte(), random.byte(), random.byte()]
        for _ in 0..<random.within(1...4) {
            let text = random.once(in: 4) ? random.bytes(random.below(40)) : TextGenerator.text(random.below(60), &random)
            bytes += [UInt8(text.count), random.once(in: 60) ? random.byte() : random.once(in: 4) ? 8 : 0] + text
        }
        return bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let options = FramesTarget.Options(&input)
        var compression = WebSocketCompression()
        (compression.level, compression.memoryLevel) = ([1, 6, 9][Int(input.byte() % 3)], [1, 5, 9][Int(input.byte() % 3)])
        compression.threshold = [0, 16, 256][Int(input.byte() % 3)]
        let seed = Int(input.byte())
        let isClient = options.isServer
        let deflating =
            options.isCompressed
            ? MessageDeflating(
                windowBits: options.windowBits, takesOverContext: options.takesOverContext, compression: compression, pool: Self.pool) : nil

        var messages: [WebSocketMessage] = []
        var wire: [UInt8] = []
        for message in self.messages(input.rest) where message.bytes.readableBytes <= options.settings.maximumMessageBytes {
            let opcode: WebSocketOpcode = message.kind == .text ? .text : .binary
            let frame =
                deflating?.frame(opcode, payload: message.bytes, isClient: isClient)
                ?? self.plainFrame(opcode, message.bytes, isClient: isClient)
            // The messages after one that is left out would refer to it.
            guard frame.readableBytes <= options.settings.maximumFrameBytes else { break }
            messages.append(message)
            wire += frame.readableBytesView
        }
        guard !options.closesFirst else { return }
        let whole = try FramesTarget.actions([wire[...]], options)
        try check(whole == messages.map { .deliver($0) }, "a message does not come out as it went in", "\(messages)\n\(whole)")
        let cut = try FramesTarget.actions(Chunks(wire[...], seed: seed), options)
        try check(cut == whole, "a message that is cut does not come out as it went in")
        // Only here is every reference within the window, so it is the place to see that the frames are right by themselves.
        let expected = messages.map { ReferenceFrames.Event.message(isText: $0.kind == .text, Array($0.bytes.readableBytesView)) }
        try check(FramesTarget.reference(wire[...], options) == expected, "the reference decoder does not read our frames")
    }

    nonisolated(unsafe) private static let pool = DeflaterPool()

    private static func plainFrame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, isClient: Bool) -> ByteBuffer {
        let allocator = ByteBufferAllocator()
        return isClient
            ? WebSocketFrameEncoding.clientFrame(opcode, payload: payload, allocator: allocator)
            : WebSocketFrameEncoding.serverFrame(opcode, payload: payload.readableBytesView, allocator: allocator)
    }

    /// Each has a length, a number of repetitions, and its bytes.
    private static func messages(_ bytes: ArraySlice<UInt8>) -> [WebSocketMessage] {
        var rest = bytes
        var messages: [WebSocketMessage] = []
        while let length = rest.popFirst(), let repetitions = rest.popFirst(), messages.count < 8 {
            let part = rest.prefix(Int(length))
            rest = rest.dropFirst(part.count)
            let payload = Array(repeatElement(part, count: Int(repetitions) + 1).joined())
            messages.append(WebSocketMessage(ReferenceUTF8.isValid(payload) ? .text : .binary, ByteBuffer(bytes: payload)))
        }
        return messages
    }
}
