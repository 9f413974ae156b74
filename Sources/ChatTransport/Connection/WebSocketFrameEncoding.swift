package import ChatProtocol
package import NIOCore

/// Frames as bytes (RFC 6455 section 5.2).
package enum WebSocketFrameEncoding {
    /// A whole unmasked frame, as a server sends it.
    package static func serverFrame(_ opcode: WebSocketOpcode, payload: some Collection<UInt8>, allocator: ByteBufferAllocator)
        -> ByteBuffer
    {
        var frame = allocator.buffer(capacity: payload.count + WebSocketFrameHeader.maximumBytes)
        frame.write(WebSocketFrameHeader(opcode, length: payload.count))
        frame.writeBytes(payload)
        return frame
    }

    /// A whole unmasked text frame.
    package static func serverTextFrame(payload: some Collection<UInt8>, allocator: ByteBufferAllocator) -> ByteBuffer {
        self.serverFrame(.text, payload: payload, allocator: allocator)
    }

    /// A whole masked frame, as a client sends it.
    static func clientFrame(
        _ opcode: WebSocketOpcode, payload: ByteBuffer, reserved: UInt8 = 0, allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        let mask = WebSocketMask.random()
        var frame = allocator.buffer(capacity: payload.readableBytes + WebSocketFrameHeader.maximumBytes)
        frame.write(WebSocketFrameHeader(opcode, length: payload.readableBytes, reserved: reserved, mask: mask))
        payload.withUnsafeReadableBytes { source in
            _ = frame.writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { target in
                mask.copy(source, to: target)
                return source.count
            }
        }
        return frame
    }

    /// A whole frame with the payload compressed (RFC 7692 section 7.2.1).
    ///
    /// - Parameter isClient: whether it is to be masked.
    static func compressedFrame(
        _ opcode: WebSocketOpcode, payload: ByteBuffer, isClient: Bool = false, deflater: MessageDeflater
    ) -> ByteBuffer {
        let allocator = ByteBufferAllocator()
        var compressed = allocator.buffer(capacity: payload.readableBytes / 2 + 16)
        payload.withUnsafeReadableBytes { deflater.deflate($0) { compressed.writeBytes($0) } }
        if isClient {
            return self.clientFrame(opcode, payload: compressed, reserved: WebSocketFrameHeader.compressedBit, allocator: allocator)
        }
        var frame = allocator.buffer(capacity: compressed.readableBytes + WebSocketFrameHeader.maximumBytes)
        frame.write(
            WebSocketFrameHeader(opcode, length: compressed.readableBytes, reserved: WebSocketFrameHeader.compressedBit))
        frame.writeBuffer(&compressed)
        return frame
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ header: WebSocketFrameHeader) {
        header.withBytes { _ = self.writeBytes($0) }
    }
}
