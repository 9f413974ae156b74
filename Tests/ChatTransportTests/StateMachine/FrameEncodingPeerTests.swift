import ChatProtocol
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import ChatTransport

struct FrameEncodingPeerTests {
    /// NIO's decoder reads them as well.
    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 131_072]) func areRead(_ length: Int) throws {
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20))
        let channel = EmbeddedChannel(handler: decoder)
        let payload = ByteBuffer(bytes: (0..<length).map { UInt8($0 % 251) })
        try channel.writeInbound(
            WebSocketFrameEncoding.serverFrame(.text, payload: payload.readableBytesView, allocator: ByteBufferAllocator()))
        try channel.writeInbound(WebSocketFrameEncoding.clientFrame(.binary, payload: payload, allocator: ByteBufferAllocator()))
        let first = try #require(try channel.readInbound(as: WebSocketFrame.self))
        let second = try #require(try channel.readInbound(as: WebSocketFrame.self))
        #expect(first.fin && first.opcode == .text && first.maskKey == nil && first.unmaskedData == payload)
        #expect(second.fin && second.opcode == .binary && second.maskKey != nil && second.unmaskedData == payload)
        #expect(try channel.finish().isClean)
    }
}
