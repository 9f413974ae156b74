import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A server may have a hundred thousand rooms in which hardly anything is said.
struct IdleRoomTests {
    @Test(arguments: [100, 16_384, 200_000]) func keepsNoLargeBuffer(_ count: Int) throws {
        let loop = WebSocketLoop(eventLoop: EmbeddedEventLoop())
        let group = FanOutGroup(loop: loop)
        let message = EncodedMessage(.text, payload: Array(repeating: 0x61, count: count))
        for _ in 0..<3 {
            _ = group.publish(message.frame, now: .uptimeNanoseconds(1))
            #expect(group.pending.readableBytes > count)
            loop.flush()
            #expect(group.pending.readableBytes == 0)
            #expect(group.pending.capacity <= 4096)
        }
    }
}
