import NIOCore

/// A connection as its event loop and its server keep it: something that waits for a time, and that can be told to end.
package class LoopConnection {
    /// Where it is in the loop's ``DeadlineQueue``; -1 while it waits for nothing.
    final var placeInDeadlineQueue = -1
    /// The server that it counts for, and where it is in that one's list.
    final var acceptor: AcceptorLoop?
    final var placeInAcceptor = -1
    /// The address that it counts for.
    final var countedAddress: AddressKey?

    init() {}

    /// The time that it waited for has come.
    func timerFired(now: NIODeadline) {}

    /// The server is going down: end properly.
    func quiesce() {}

    /// End at once.
    func cut() {}

    /// The connection has ended.
    final func leaveAcceptor() {
        guard let acceptor else { return }
        self.acceptor = nil
        acceptor.remove(self)
    }
}
