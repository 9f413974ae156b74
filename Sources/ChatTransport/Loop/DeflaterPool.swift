import ChatProtocol

/// Deflaters that take over no context: one for each way to compress is enough for all connections of an event loop.
final class DeflaterPool {
    struct Key: Hashable {
        var windowBits: Int
        var memoryLevel: Int
        var level: Int
    }

    private var deflaters: [Key: MessageDeflater] = [:]

    subscript(_ key: Key) -> MessageDeflater {
        if let deflater = self.deflaters[key] { return deflater }
        let deflater = MessageDeflater(
            windowBits: key.windowBits, memoryLevel: key.memoryLevel, level: key.level, takesOverContext: false)
        self.deflaters[key] = deflater
        return deflater
    }
}
