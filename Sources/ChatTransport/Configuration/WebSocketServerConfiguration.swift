/// How a WebSocket server listens and what a connection may cost before it is one.
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

    /// Connections at one time, those in their handshake included. Default 100,000. On Hummingbird's port, those for HTTP included too.
    /// One more is closed without an answer. Stops a flood from taking the memory that the others need.
    public var maximumConnections = 100_000

    /// Connections of one address at one time; an IPv6 address counts with its /64. Nil, the default, limits them only together: whole
    /// offices and mobile networks share an address. A connection too many is closed without an answer, or, if a trusted proxy has told
    /// the address in the request, gets 429.
    public var maximumConnectionsPerAddress: Int?

    /// The pages that may connect from a browser. Default: any, since what lets a client in is a token that no browser adds by itself.
    /// Others get 403.
    public var origins = OriginPolicy.any

    /// The proxies whose `X-Forwarded-For` is believed. Default none.
    public var trustedProxies = TrustedProxies.none

    /// Whether every connection begins with a PROXY protocol header, version 1 or 2, as a load balancer sends it. Default false. Set it
    /// only where nobody but the balancer can connect: the header says where a client comes from, and is believed.
    public var proxyProtocol = false

    /// Connections that wait to be accepted. Default 1,024. On Hummingbird's port, its own configuration says so.
    public var backlog = 1024

    /// Whether each event loop has a listening socket of its own (`SO_REUSEPORT`), so that the kernel spreads connections and accepting
    /// scales with the loops. Default false: one socket, whose connections are handed to the loops in turn. Not on
    /// Hummingbird's port, which has a socket of its own.
    public var listensOnEveryEventLoop = false

    /// Certificate and key; nil, the default, serves without TLS. Keep it to reload the certificate.
    public var tls: ServerTLS?

    /// How long a drain waits for connections to end before they are cut. Default 10 s.
    public var drainTimeout: Duration = .seconds(10)

    public init() {}
}
