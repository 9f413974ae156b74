import ChatProtocol
import NIOCore

/// How what one connection sends is compressed: by a deflater of its own if messages may refer to earlier ones, else by the event loop's.
final class MessageDeflating {
    let sharing: SharedCompression
    let takesOverContext: Bool
    private let pool: DeflaterPool
    private var own: MessageDeflater?

    init(windowBits: Int, takesOverContext: Bool, compression: WebSocketCompression, pool: DeflaterPool) {
        let key = DeflaterPool.Key(windowBits: windowBits, memoryLevel: compression.memoryLevel, level: compression.level)
        self.sharing = SharedCompression(key: key, threshold: compression.threshold)
        self.takesOverContext = takesOverContext
        self.pool = pool
    }

    /// The frame for a message; nil if it is too short to gain anything.
    func frame(_ opcode: WebSocketOpcode, payload: ByteBuffer, isClient: Bool) -> ByteBuffer? {
        guard payload.readableBytes >= self.sharing.threshold else { return nil }
        return WebSocketFrameEncoding.compressedFrame(opcode, payload: payload, isClient: isClient, deflater: self.deflater)
    }

    private var deflater: MessageDeflater {
        guard self.takesOverContext else { return self.pool[self.sharing.key] }
        if let own { return own }
        let key = self.sharing.key
        let deflater = MessageDeflater(
            windowBits: key.windowBits, memoryLevel: key.memoryLevel, level: key.level, takesOverContext: true)
        self.own = deflater
        return deflater
    }
}
