public import ChatProtocol
public import NIOCore

/// A whole message that a peer sent. Text is valid UTF-8.
public struct WebSocketMessage: Sendable, Hashable {
    /// What a message consists of.
    public enum Kind: Sendable, Hashable {
        case text, binary
    }

    public var kind: Kind
    public var bytes: ByteBuffer

    public init(_ kind: Kind, _ bytes: ByteBuffer) {
        self.kind = kind
        self.bytes = bytes
    }
}

/// How a connection ended.
public struct WebSocketClosure: Sendable, Hashable {
    /// The code that the peer sent, 1005 if it sent none, 1006 if the connection ended without a close frame from it.
    public var code: WebSocketCloseCode
    public var reason: String

    public init(code: WebSocketCloseCode, reason: String) {
        self.code = code
        self.reason = reason
    }
}
