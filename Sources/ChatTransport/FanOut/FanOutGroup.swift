import NIOCore

/// Members of a room, on one event loop, that are all sent the very same bytes.
///
/// What is published lies in one buffer until the tick ends, and then leaves to each member in one system call: straight to the socket
/// where the member has nothing else under way.
final class FanOutGroup {
    /// A member's place in the array that a broadcast walks: all that it needs while nothing goes wrong.
    struct Entry {
        /// The socket to write to; -1 while the member has to be asked.
        var descriptor: CInt
        /// The member takes its entry out before it goes.
        unowned(unsafe) let handler: WebSocketHandler
    }

    private unowned let loop: WebSocketLoop
    private(set) var entries: ContiguousArray<Entry> = []
    /// What the members have not been sent yet.
    private(set) var pending = ByteBuffer()
    private(set) var lastPublished = NIODeadline.uptimeNanoseconds(0)
    private var isFlushScheduled = false

    /// A room that nothing is sent in keeps no larger buffer than this: there may be a hundred thousand of them.
    private static let maximumIdleBytes = 4096

    /// More than this does not wait for the end of a tick.
    private static let maximumPendingBytes = 256 * 1024

    init(loop: WebSocketLoop) { self.loop = loop }

    // MARK: Members

    func add(_ handler: WebSocketHandler) {
        self.entries.append(Entry(descriptor: -1, handler: handler))
        handler.joined(self, place: self.entries.count - 1)
    }

    /// - Parameter place: where the member's entry is.
    func remove(at place: Int) {
        let last = self.entries.removeLast()
        guard place < self.entries.count else { return }
        self.entries[place] = last
        last.handler.moved(in: self, to: place)
    }

    func setDescriptor(_ descriptor: CInt, at place: Int) { self.entries[place].descriptor = descriptor }

    // MARK: Messages

    /// Adds a frame to what the members are sent when the tick ends.
    ///
    /// - Returns: whether so much is pending that it should not wait for that.
    func publish(_ frame: ByteBuffer, now: NIODeadline) -> Bool {
        self.pending.writeImmutableBuffer(frame)
        self.lastPublished = now
        if !self.isFlushScheduled {
            self.isFlushScheduled = true
            self.loop.needsFlush(self)
        }
        return self.pending.readableBytes > Self.maximumPendingBytes
    }

    /// Sends what is pending.
    ///
    /// - Parameter isAlone: whether no other group has anything to send in this tick. If another has, who is a member of both gets one
    ///   write for both.
    func send(isAlone: Bool) {
        self.isFlushScheduled = false
        var bytes = ByteBuffer()
        swap(&bytes, &self.pending)
        // Nobody is called back before every member has its bytes, so that nobody can leave meanwhile, nor put something ahead of them.
        var short: [(handler: WebSocketHandler, bytes: ByteBuffer)] = []
        var others: [WebSocketHandler] = []
        bytes.withUnsafeReadableBytes { whole in
            for entry in self.entries {
                if entry.descriptor >= 0, isAlone || entry.handler.isInOneGroup {
                    let sent = SystemSocket.send(whole, to: entry.descriptor)
                    if sent < whole.count { short.append((entry.handler, bytes.rest(from: sent))) }
                } else {
                    others.append(entry.handler)
                }
            }
        }
        for (handler, rest) in short { handler.owe(rest) }
        for handler in others { handler.take(bytes.rest(from: handler.takeCursor(in: self))) }
        // Who could not be written to may hold on to the bytes, and to no more than those: the buffer is not used again then.
        guard short.isEmpty, others.isEmpty, self.pending.readableBytes == 0, bytes.capacity <= Self.maximumIdleBytes else { return }
        bytes.clear()
        self.pending = bytes
    }
}

extension ByteBuffer {
    fileprivate func rest(from offset: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: offset)
        return rest
    }
}
