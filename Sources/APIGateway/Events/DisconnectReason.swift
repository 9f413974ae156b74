import ChatProtocol
import ChatTransport

/// How a connection ended, as `$disconnect` is told.
struct DisconnectReason: Sendable, Equatable {
    var code: UInt16
    var text: String

    init(code: UInt16, text: String) {
        self.code = code
        self.text = text
    }

    /// - Parameters:
    ///   - own: what this end's close frame said, if this end was the first to close.
    ///   - peer: what the client's said, or 1006 if it said nothing.
    ///
    /// Captured from AWS are the texts for 1005, for a `DELETE` (1000) and for a connection that was idle (1001). Those of other codes
    /// are not known: for them it is what the close frame said, which may be nothing.
    init(own: WebSocketClosure?, peer: WebSocketClosure) {
        let closure = own ?? peer
        self.code = closure.code.rawValue
        self.text = closure.code == .noStatusReceived ? "Client-side close frame status not set" : closure.reason
    }
}
