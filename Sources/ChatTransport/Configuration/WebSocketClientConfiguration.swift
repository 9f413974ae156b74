public import HTTPTypes
import NIOPosix
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
    ///
    /// A server that asks for the client's certificate (mutual TLS) is shown the one that stands here:
    ///
    /// ```swift
    /// var tls = TLSConfiguration.makeClientConfiguration()
    /// tls.certificateChain = try NIOSSLCertificate.fromPEMFile("client.pem").map { .certificate($0) }
    /// tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: "client-key.pem", format: .pem))
    /// configuration.tls = tls
    /// ```
    ///
    /// If the server does not take it, or finds none here, connecting fails with ``WebSocketError``, `connectFailed`.
    public var tls: TLSConfiguration?

    /// A proxy to connect through. Default nil; see ``WebSocketProxy/fromEnvironment(for:environment:)`` for the one that the environment
    /// names. The certificate of a `wss` server is checked against the URL's host, be it a name or an address, never against the proxy's.
    public var proxy: WebSocketProxy?

    /// Looks names up; nil is the system's. For tests, whose machine may know no name that has addresses of both families.
    var resolver: (any Resolver & Sendable)?

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
