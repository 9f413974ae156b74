package import NIOCore
package import NIOWebSocket

/// Frames as bytes (RFC 6455 section 5.2).
package enum WebSocketFrameEncoding {
    /// A whole unmasked frame, as a server sends it. A broadcast encodes once and writes the same storage to everybody.
    package static func serverFrame(_ opcode: WebSocketOpcode, payload: some Collection<UInt8>, allocator: ByteBufferAllocator)
        -> ByteBuffer
    {
        var frame = allocator.buffer(capacity: payload.count + 10)
        self.writeHeader(opcode, length: payload.count, mask: nil, into: &frame)
        frame.writeBytes(payload)
        return frame
    }

    /// A whole unmasked text frame.
    package static func serverTextFrame(payload: some Collection<UInt8>, allocator: ByteBufferAllocator) -> ByteBuffer {
        self.serverFrame(.text, payload: payload, allocator: allocator)
    }

    /// A whole masked frame, as a client sends it.
    static func clientFrame(_ opcode: WebSocketOpcode, payload: ByteBuffer, allocator: ByteBufferAllocator) -> ByteBuffer {
        var frame = allocator.buffer(capacity: payload.readableBytes + 14)
        let mask = WebSocketMaskingKey.random()
        self.writeHeader(opcode, length: payload.readableBytes, mask: mask, into: &frame)
        var masked = payload
        masked.webSocketMask(mask)
        frame.writeImmutableBuffer(masked)
        return frame
    }

    private static func writeHeader(_ opcode: WebSocketOpcode, length: Int, mask: WebSocketMaskingKey?, into frame: inout ByteBuffer) {
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        frame.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch length {
        case ..<126:
            frame.writeInteger(maskBit | UInt8(length))
        case ..<65_536:
            frame.writeInteger(maskBit | 126)
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(maskBit | 127)
            frame.writeInteger(UInt64(length))
        }
        if let mask { frame.writeBytes(mask) }
    }
}
