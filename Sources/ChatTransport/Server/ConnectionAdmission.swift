/// A connection that counts already while nobody knows yet whether it will be a WebSocket. It is touched on the connection's event loop
/// only.
package final class ConnectionAdmission {
    /// Whoever holds this sees to the PROXY protocol.
    package let source = ProxySource()
    private let tally: ConnectionTally
    /// The address that it counts for.
    private var address: AddressKey?
    /// Whether it is for ``release()`` to give the place back.
    private var isHeld = true

    init(tally: ConnectionTally, address: AddressKey?) {
        self.tally = tally
        self.address = address
    }

    /// The connection has ended: gives its place back, unless that was left to somebody else.
    package func release() {
        guard self.isHeld else { return }
        self.isHeld = false
        self.tally.release(address: self.address)
    }

    /// Leaves it to somebody else to give the place back.
    ///
    /// - Returns: the address that the connection counts for.
    func handOver() -> AddressKey? {
        assert(self.isHeld, "the connection has ended, or is somebody else's")
        self.isHeld = false
        return self.address
    }

    /// Counts the connection for an address as well, if it counts for none yet.
    ///
    /// - Returns: false if that address has enough.
    func attribute(to address: AddressKey) -> Bool {
        guard self.isHeld, self.address == nil else { return true }
        guard self.tally.attribute(to: address) else { return false }
        self.address = address
        return true
    }
}
