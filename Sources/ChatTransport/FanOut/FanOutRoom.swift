package import NIOCore

/// Who is sent what is published, on one event loop.
///
/// Members that are sent the same bytes are in one group: those without compression, and those for each window of a compression that
/// takes over no context. Who takes over its context is compressed for by itself.
package final class FanOutRoom {
    private let loop: WebSocketLoop
    private let plain: FanOutGroup
    private var compressed: [SharedCompression: FanOutGroup] = [:]
    private var individual: FanOutGroup?

    package init(loop: WebSocketLoop) {
        self.loop = loop
        self.plain = FanOutGroup(loop: loop)
    }

    /// How many members it has.
    package var count: Int {
        self.plain.entries.count + self.compressed.values.reduce(0) { $0 + $1.entries.count } + (self.individual?.entries.count ?? 0)
    }

    package func contains(_ handler: WebSocketHandler) -> Bool { handler.isMember(of: self.group(of: handler)) }

    /// - Precondition: it is no member yet, and its connection is open.
    package func add(_ handler: WebSocketHandler) {
        self.group(of: handler).add(handler)
    }

    /// Takes a member out; what was published before still reaches it. A connection that has ended has left by itself.
    package func remove(_ handler: WebSocketHandler) {
        handler.leave(self.group(of: handler))
    }

    /// Sends a message to every member at the end of the tick, behind what the room has published and what each member was sent by
    /// itself. Between rooms there is no order.
    package func publish(_ message: EncodedMessage, now: NIODeadline) {
        var isFull = false
        if !self.plain.entries.isEmpty { isFull = self.plain.publish(message.frame, now: now) }
        for (sharing, group) in self.compressed where !group.entries.isEmpty {
            let frame = message.frame(compressedBy: sharing.key, threshold: sharing.threshold, deflaters: self.loop.deflaters)
            if group.publish(frame, now: now) { isFull = true }
        }
        if let individual {
            for entry in individual.entries { entry.handler.post(message, now: now) }
        }
        // Not before every group has the message: who falls behind while it is sent leaves, and is told that this was the last it got.
        if isFull { self.loop.flush() }
    }

    private func group(of handler: WebSocketHandler) -> FanOutGroup {
        switch handler.outputKind {
        case .plain: return self.plain
        case .sharedCompression(let sharing):
            if let group = self.compressed[sharing] { return group }
            let group = FanOutGroup(loop: self.loop)
            self.compressed[sharing] = group
            return group
        case .ownCompression:
            if let individual { return individual }
            let group = FanOutGroup(loop: self.loop)
            self.individual = group
            return group
        }
    }
}

/// What members have to have in common to be sent the same compressed bytes.
struct SharedCompression: Hashable {
    var key: DeflaterPool.Key
    var threshold: Int
}
