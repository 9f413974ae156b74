package import NIOCore

/// How a peer gets on with what waits for it, while that is so much that its channel takes no more. Without I/O.
package struct SendStall {
    private let timeout: TimeAmount
    package private(set) var deadline: NIODeadline
    /// What waited when the time began, and what was written since.
    private var waiting: Int
    package var written = 0

    /// What a peer has to take in the time, in bytes: half of what a channel lets wait before it takes no more.
    private static let least = 32 * 1024

    package init(timeout: TimeAmount, waiting: Int, now: NIODeadline) {
        self.timeout = timeout
        self.deadline = now + timeout
        self.waiting = waiting
    }

    /// Whether the time is over and the peer has taken too little. If it has taken enough, it gets as much time again.
    ///
    /// - Parameter waiting: what waits now.
    package mutating func isOver(now: NIODeadline, waiting: Int) -> Bool {
        guard now >= self.deadline else { return false }
        let taken = self.waiting + self.written - waiting
        (self.deadline, self.waiting, self.written) = (now + self.timeout, waiting, 0)
        return taken < Self.least
    }
}
