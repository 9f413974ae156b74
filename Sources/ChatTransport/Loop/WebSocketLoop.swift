import ChatProtocol
package import NIOCore

/// What the connections of one event loop share: one timer for all of them, what is to be sent when the loop's tick ends, and
/// compressors that no idle connection holds.
///
/// `@unchecked Sendable`: it is touched on its event loop only, and handed about between others.
package final class WebSocketLoop: @unchecked Sendable {
    package let eventLoop: any EventLoop
    private var deadlines = DeadlineQueue()
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    let inflaters = InflaterPool()
    let deflaters = DeflaterPool()

    private var pendingGroups: [FanOutGroup] = []
    private var pendingHandlers: [WebSocketHandler] = []
    private var isFlushScheduled = false
    private var outboxes: [ByteBuffer] = []
    private static let maximumIdleOutboxes = 256
    private static let maximumDueConnections = 128

    package init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    // MARK: Time

    /// Has a connection called at a time, instead of the one that it waited for before.
    func schedule(_ connection: LoopConnection, at deadline: NIODeadline?) {
        guard let deadline else { return self.deadlines.remove(connection) }
        self.deadlines.schedule(connection, at: deadline)
        self.scheduleTimer()
    }

    func unschedule(_ connection: LoopConnection) { self.deadlines.remove(connection) }

    func scheduledDeadline(of connection: LoopConnection) -> NIODeadline? { self.deadlines.deadline(of: connection) }

    /// A timer for the earliest of all. One that turns out to be too early finds nothing to do, which costs less than to move it.
    private func scheduleTimer() {
        guard let earliest = self.deadlines.earliest else {
            self.timer?.task.cancel()
            self.timer = nil
            return
        }
        if let timer, timer.deadline <= earliest { return }
        self.timer?.task.cancel()
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: earliest) { [weak self] in
            guard let self else { return }
            self.timer = nil
            self.fire()
        }
        self.timer = (earliest, task)
    }

    private func fire() {
        let now = self.eventLoop.now
        // Thousands may be due at one time, as after a flood of connections; the others are not to wait for all of them.
        for _ in 0..<Self.maximumDueConnections {
            guard let connection = self.deadlines.popDue(now: now) else { break }
            connection.timerFired(now: now)
        }
        self.scheduleTimer()
    }

    // MARK: The end of a tick

    /// Has a group's pending bytes sent when everything that came in this tick has been read.
    func needsFlush(_ group: FanOutGroup) {
        self.pendingGroups.append(group)
        self.scheduleFlush()
    }

    func needsFlush(_ handler: WebSocketHandler) {
        self.pendingHandlers.append(handler)
        self.scheduleFlush()
    }

    private func scheduleFlush() {
        guard !self.isFlushScheduled else { return }
        self.isFlushScheduled = true
        // Runs after the input of this tick, before the loop waits for more.
        self.eventLoop.assumeIsolated().execute { self.flush() }
    }

    /// Sends what waits: to each connection everything in one system call.
    package func flush() {
        self.isFlushScheduled = false
        guard !self.pendingGroups.isEmpty || !self.pendingHandlers.isEmpty else { return }
        let groups = self.pendingGroups
        self.pendingGroups.removeAll(keepingCapacity: true)
        for group in groups { group.send(isAlone: groups.count == 1) }
        // What is sent sets nothing off at once but the end of a channel, which may ask for a flush that then finds lists of its own.
        let handlers = self.pendingHandlers
        self.pendingHandlers.removeAll(keepingCapacity: true)
        for handler in handlers { handler.flushPending() }
    }

    // MARK: Outboxes

    func takeOutbox() -> ByteBuffer { self.outboxes.popLast() ?? ByteBufferAllocator().buffer(capacity: 1024) }

    func giveBack(_ outbox: inout ByteBuffer) {
        guard self.outboxes.count < Self.maximumIdleOutboxes, outbox.capacity <= 65_536 else { return }
        outbox.clear()
        self.outboxes.append(outbox)
    }
}
