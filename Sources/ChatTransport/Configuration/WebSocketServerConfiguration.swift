public import NIOSSL

/// How a WebSocket server listens and what a handshake may cost.
public struct WebSocketServerConfiguration: Sendable {
    /// Applies to every connection once its handshake is done.
    public var webSocket = WebSocketConfiguration()

    /// How long a client may take from connecting to its answered handshake, TLS included. Default 10 s. Stops connections that are
    /// opened and never used (slow loris).
    public var handshakeTimeout: Duration = .seconds(10)

    /// The longest request line and headers, in bytes. Default 16,384. Stops a client from having memory set aside before it is known.
    public var maximumHeaderBytes = 16 * 1024

    /// The most header fields. Default 100.
    public var maximumHeaderCount = 100

    /// Connections that wait to be accepted. Default 1,024.
    public var backlog = 1024

    /// Certificate and key; nil, the default, serves without TLS.
    public var tls: TLSConfiguration?

    /// How long a drain waits for connections to end before they are cut. Default 10 s.
    public var drainTimeout: Duration = .seconds(10)

    public init() {}
}
