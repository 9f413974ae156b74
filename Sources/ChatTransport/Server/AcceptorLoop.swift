import NIOCore

/// A server's connections on one event loop.
///
/// `@unchecked Sendable`: everything mutable is touched on that loop only.
final class AcceptorLoop: @unchecked Sendable {
    let loop: WebSocketLoop
    private let tally: ConnectionTally
    private var connections: ContiguousArray<LoopConnection> = []
    private var isGoingDown: Bool

    /// - Parameter isGoingDown: whether every connection that comes is to end at once.
    init(loop: WebSocketLoop, tally: ConnectionTally, isGoingDown: Bool) {
        self.loop = loop
        self.tally = tally
        self.isGoingDown = isGoingDown
    }

    func add(_ connection: LoopConnection, countedAddress: AddressKey?) {
        connection.acceptor = self
        connection.countedAddress = countedAddress
        connection.placeInAcceptor = self.connections.count
        self.connections.append(connection)
    }

    /// Ends a connection that has come too late, now that its channel is set up.
    func cutIfLate(_ connection: LoopConnection) {
        if self.isGoingDown { connection.cut() }
    }

    /// The same connection, seen by another handler from now on.
    func replace(_ old: LoopConnection, by new: LoopConnection) {
        guard old.acceptor === self else { return }
        new.acceptor = self
        new.countedAddress = old.countedAddress
        new.placeInAcceptor = old.placeInAcceptor
        self.connections[old.placeInAcceptor] = new
        old.acceptor = nil
        old.placeInAcceptor = -1
    }

    func remove(_ connection: LoopConnection) {
        let place = connection.placeInAcceptor
        connection.placeInAcceptor = -1
        let last = self.connections.removeLast()
        if place < self.connections.count {
            self.connections[place] = last
            last.placeInAcceptor = place
        }
        self.tally.release(address: connection.countedAddress)
    }

    /// Counts a connection for an address that a proxy has told.
    func attribute(_ connection: LoopConnection, to address: AddressKey) -> Bool {
        guard connection.countedAddress == nil else { return true }
        guard self.tally.attribute(to: address) else { return false }
        connection.countedAddress = address
        return true
    }

    func quiesce() {
        self.isGoingDown = true
        for connection in self.connections { connection.quiesce() }
    }

    /// Ends every connection, and whichever may still come.
    func cut() {
        self.isGoingDown = true
        for connection in self.connections { connection.cut() }
    }
}
