import ChatProtocol
import ChatTransport
import NIOCore
import Synchronization

/// A connection that `$connect` has let in and that is not open yet.
///
/// A client may leave while the function runs. Then nobody opens the connection, this object goes, and `$disconnect` is told, since the
/// function has been told of a connection that will never be heard of otherwise.
final class Opening: Sendable {
    private let api: WebSocketAPI
    private let facts: ConnectionFacts
    private let isOpened = Mutex(false)

    init(api: WebSocketAPI, facts: ConnectionFacts) {
        self.api = api
        self.facts = facts
    }

    deinit {
        guard !self.isOpened.withLock({ $0 }) else { return }
        self.api.disconnected(self.facts, reason: DisconnectReason(own: nil, peer: .init(code: .abnormalClosure, reason: "")))
    }

    /// On the channel's event loop.
    func open(_ channel: any Channel, socket: WebSocketHandler) {
        self.isOpened.withLock { $0 = true }
        APIConnection(self.facts, api: self.api, channel: channel, socket: socket).start()
    }
}
