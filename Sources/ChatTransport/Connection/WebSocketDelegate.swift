import NIOCore

/// Who uses a connection on its event loop, without a channel handler and a task of its own.
package protocol WebSocketDelegate: AnyObject {
    /// A message has come.
    func webSocketReceived(_ message: WebSocketMessage)

    /// What was there to be read has been read.
    func webSocketReadComplete()

    /// The server is going down. Whoever closes the connection later, because it has something to finish first, returns true.
    func webSocketShouldQuiesce() -> Bool

    /// The peer reads too slowly: ``WebSocketConfiguration/maximumOutboundBytes`` wait for it, besides what was sent last. Whoever can do
    /// with sending it less until that has left, by taking it out of its rooms, returns true; else the connection is closed with 4008. It
    /// is, too, once twice as much waits.
    func webSocketFellBehind() -> Bool

    /// What waited for the peer has left since ``webSocketFellBehind()`` returned true.
    func webSocketCaughtUp()

    /// The connection has ended. Nothing else is called afterwards.
    func webSocketClosed()
}

extension WebSocketDelegate {
    package func webSocketReadComplete() {}
    package func webSocketShouldQuiesce() -> Bool { false }
    package func webSocketFellBehind() -> Bool { false }
    package func webSocketCaughtUp() {}
}
