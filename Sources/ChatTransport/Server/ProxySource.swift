package import NIOCore

/// Where a connection comes from, as its PROXY protocol header has told. It is touched on the connection's event loop only.
package final class ProxySource {
    /// Nil if there was no header, or it named nobody.
    package internal(set) var address: SocketAddress?

    package init() {}

    /// Has the header read before anything else of the channel. On its event loop.
    ///
    /// - Parameter received: is called if the header names somebody.
    func addToPipeline(of channel: any Channel, deadline: NIODeadline, received: @escaping (SocketAddress) -> Void) throws {
        let handler = ProxyProtocolHandler(deadline: deadline) { address in
            self.address = address
            if let address { received(address) }
        }
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }
}
