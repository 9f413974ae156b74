import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// Found by `scripts/fuzz`: a compressed text that is not UTF-8, and after that also breaks DEFLATE or a limit, was refused for the one or
/// the other, as the network happened to cut it: with 1007 or 1009. Smallest case: `00f3000000c1861c006f002e61000000`.
struct CutDependentCloseCodeTests {
    private static let notUTF8 = WebSocketHandler.StateMachine.FrameAction.sendClose(
        .invalidPayload, reason: "text is not UTF-8", thenClose: false)

    /// What the first byte that is no UTF-8 comes before.
    private static let payloads: [[UInt8]] = [
        // A stored block of one byte, then one of a kind that there is not.
        [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xFF, 0x07],
        // More than the limit.
        Self.deflate([0xFF] + Array(repeating: 0x61, count: 10_000)),
        Self.deflate(Array(repeating: 0x61, count: 900) + [0xFF] + Array(repeating: 0x61, count: 100_000)),
    ]

    private static func deflate(_ message: [UInt8]) -> [UInt8] {
        let deflater = MessageDeflater(windowBits: 15, memoryLevel: 8, level: 6, takesOverContext: false)
        var payload: [UInt8] = []
        message.withUnsafeBytes { deflater.deflate($0) { payload.append(contentsOf: $0) } }
        return payload
    }

    private static func failure(_ reads: [ByteBuffer]) -> WebSocketHandler.StateMachine.FrameAction? {
        var configuration = WebSocketConfiguration()
        configuration.maximumMessageBytes = 1000
        let inflating = MessageInflating(
            windowBits: 15, takesOverContext: false, limits: .init(maximumBytes: 1000, maximumRatio: 200), pool: InflaterPool())
        var machine = WebSocketHandler.StateMachine(
            settings: WebSocketSettings(configuration, role: .client), inflating: inflating, now: MachineFixture.start)
        for read in reads {
            var read = read
            if let action = machine.next(&read, now: MachineFixture.start) { return action }
        }
        return nil
    }

    @Test(arguments: payloads) func theFirstMistakeCounts(_ payload: [UInt8]) {
        var frame = WireFrame(1, payload)
        frame.reserved = 4
        #expect(Self.failure([ByteBuffer(bytes: frame.bytes)]) == Self.notUTF8)
        #expect(Self.failure(frame.bytes.map { ByteBuffer(bytes: [$0]) }) == Self.notUTF8)
    }

    @Test func aLimitThatComesFirstStillCounts() {
        var frame = WireFrame(1, Self.deflate(Array(repeating: 0x61, count: 1001) + [0xFF]))
        frame.reserved = 4
        let tooLong = WebSocketHandler.StateMachine.FrameAction.sendClose(.messageTooBig, reason: "message too long", thenClose: false)
        #expect(Self.failure([ByteBuffer(bytes: frame.bytes)]) == tooLong)
        #expect(Self.failure(frame.bytes.map { ByteBuffer(bytes: [$0]) }) == tooLong)
    }
}
