import Synchronization

/// Counts the connections of a server, in all and of each address, and says when there are enough.
///
/// Whoever was admitted is released once, with the same address.
package final class ConnectionCounter: Sendable {
    private let machine: Mutex<StateMachine>

    /// - Parameter maximumConnectionsPerAddress: nil for as many as there may be in all.
    package init(maximumConnections: Int, maximumConnectionsPerAddress: Int?) {
        self.machine = Mutex(
            StateMachine(maximumConnections: maximumConnections, maximumConnectionsPerAddress: maximumConnectionsPerAddress))
    }

    /// How many connections there are.
    package var count: Int { self.machine.withLock { $0.count } }

    /// Counts a connection, unless that would be one too many.
    ///
    /// - Parameter address: nil if the address is not known, or is that of a proxy and says nothing of the client; see ``attribute(to:)``.
    package func admit(address: AddressKey?) -> Bool {
        self.machine.withLock { $0.admit(address: address) }
    }

    /// Counts a connection for an address as well that was admitted without one: a proxy has said by now where it comes from.
    ///
    /// - Returns: false if that address has enough. The connection then still counts without an address, and is so released.
    package func attribute(to address: AddressKey) -> Bool {
        self.machine.withLock { $0.attribute(to: address) }
    }

    /// A connection that was admitted has ended.
    ///
    /// - Parameter address: the one that it counts for.
    package func release(address: AddressKey?) {
        self.machine.withLock { $0.release(address: address) }
    }
}
