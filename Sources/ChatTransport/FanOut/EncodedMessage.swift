import ChatProtocol
package import NIOCore
import Synchronization

/// A message as a server sends it to many: encoded once, compressed once for each window that somebody has.
package final class EncodedMessage: Sendable {
    /// The whole unmasked frame.
    package let frame: ByteBuffer
    let opcode: WebSocketOpcode
    private let headerBytes: Int
    private let compressed = Mutex<[DeflaterPool.Key: ByteBuffer]>([:])

    package init(_ kind: WebSocketMessage.Kind, payload: some Collection<UInt8>) {
        let opcode: WebSocketOpcode = kind == .text ? .text : .binary
        self.opcode = opcode
        self.frame = WebSocketFrameEncoding.serverFrame(opcode, payload: payload, allocator: ByteBufferAllocator())
        self.headerBytes = self.frame.readableBytes - payload.count
    }

    var payload: ByteBuffer {
        var payload = self.frame
        payload.moveReaderIndex(forwardBy: self.headerBytes)
        return payload
    }

    /// The frame for those who take over no context; plain if it is too short to gain from compression.
    func frame(compressedBy key: DeflaterPool.Key, threshold: Int, deflaters: DeflaterPool) -> ByteBuffer {
        guard self.frame.readableBytes - self.headerBytes >= threshold else { return self.frame }
        return self.compressed.withLock { compressed in
            if let frame = compressed[key] { return frame }
            let frame = WebSocketFrameEncoding.compressedFrame(self.opcode, payload: self.payload, deflater: deflaters[key])
            compressed[key] = frame
            return frame
        }
    }
}
