public import HTTPTypes
public import NIOSSL

/// How a WebSocket client connects.
public struct WebSocketClientConfiguration: Sendable {
    /// Applies to the connection once its handshake is done. Its limits are larger than a server's: what a server sends is what the
    /// client asked for.
    public var webSocket: WebSocketConfiguration

    /// The subprotocols to offer, the preferred first. The server selects one of them or none.
    public var subprotocols: [String] = []

    /// Further fields of the request, such as `Authorization`.
    public var headers: HTTPFields = [:]

    /// Roots and certificates for `wss`. Nil, the default, trusts what the system trusts.
    public var tls: TLSConfiguration?

    /// A proxy to connect through. Default nil; see ``WebSocketProxy/fromEnvironment(for:environment:)`` for the one that the environment names.
    public var proxy: WebSocketProxy?

    /// How long name look-up and connecting may take. Default 10 s.
    public var connectTimeout: Duration = .seconds(10)

    /// How long the server may take from then to its answer, TLS included. Default 10 s.
    public var handshakeTimeout: Duration = .seconds(10)

    public init() {
        self.webSocket = WebSocketConfiguration()
        self.webSocket.maximumFrameBytes = 1024 * 1024
        self.webSocket.maximumMessageBytes = 4 * 1024 * 1024
    }
}
