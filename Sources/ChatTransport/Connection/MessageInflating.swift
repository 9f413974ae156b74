import ChatProtocol

/// How one connection's compressed messages are decompressed: by an inflater of its own if messages may refer to earlier ones, else by
/// one of the event loop's, which it has for as long as a message takes.
final class MessageInflating {
    private let windowBits: Int
    private let takesOverContext: Bool
    private let limits: MessageInflater.Limits
    private let pool: InflaterPool
    private var current: MessageInflater?

    init(windowBits: Int, takesOverContext: Bool, limits: MessageInflater.Limits, pool: InflaterPool) {
        self.windowBits = windowBits
        self.takesOverContext = takesOverContext
        self.limits = limits
        self.pool = pool
    }

    func inflate(_ chunk: UnsafeRawBufferPointer, isLast: Bool, append: (UnsafeRawBufferPointer) -> Void) throws(InflateError) {
        let inflater = self.current ?? self.pool.take(windowBits: self.windowBits, takesOverContext: self.takesOverContext)
        self.current = inflater
        do throws(InflateError) {
            try inflater.inflate(chunk, isLast: isLast, limit: self.limits, append: append)
            if isLast { self.giveBack() }
        } catch {
            self.giveBack()
            throw error
        }
    }

    private func giveBack() {
        guard !self.takesOverContext, let inflater = self.current else { return }
        self.current = nil
        self.pool.giveBack(inflater, windowBits: self.windowBits)
    }
}

/// Inflaters that no connection has at the moment. One event loop's.
final class InflaterPool {
    private static let maximumIdle = 4
    private var idle: [Int: [MessageInflater]] = [:]

    func take(windowBits: Int, takesOverContext: Bool) -> MessageInflater {
        if !takesOverContext, let inflater = self.idle[windowBits]?.popLast() { return inflater }
        return MessageInflater(windowBits: windowBits, takesOverContext: takesOverContext)
    }

    func giveBack(_ inflater: MessageInflater, windowBits: Int) {
        guard self.idle[windowBits, default: []].count < Self.maximumIdle else { return }
        self.idle[windowBits, default: []].append(inflater)
    }
}
