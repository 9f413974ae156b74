public import ChatProtocol
public import ChatTransport

/// What a gateway allows.
public struct GatewayConfiguration: Sendable {
    /// Frames, handshakes and times of every connection. Default: API Gateway's limits: 32 KiB a frame, 128 KiB a message, 10 minutes
    /// without a message, 2 hours of life. Raise them where you host yourself and clients expect it.
    ///
    /// Under Hummingbird, which listens by itself, `backlog` and `listensOnEveryEventLoop` have to be left as they are.
    public var server: WebSocketServerConfiguration

    /// What a request may cost.
    public var limits = ChatLimits()

    /// Requests of one connection that may wait for the store. Default 64. Past it the connection is not read from until one is
    /// answered, so that a client which asks faster than it can be answered waits in its own socket.
    public var maximumPendingRequests = 64

    /// How long a connection that reads too slowly may take to read what waits for it. Default 30 s. Past it the connection is closed
    /// with 4008. Meanwhile it is sent no messages of its rooms, and a `gap` afterwards.
    public var catchUpTimeout: Duration = .seconds(30)

    /// The most messages in one commit. Default 512.
    public var maximumCommitBatch = 512

    /// The most messages that wait for a commit, all connections together. Default 65,536. Past it requests fail with `unavailable`.
    public var maximumPendingMessages = 65_536

    public init() {
        self.server = WebSocketServerConfiguration()
        self.server.webSocket.idleTimeout = .seconds(600)
        self.server.webSocket.maximumLifetime = .seconds(7200)
    }
}
