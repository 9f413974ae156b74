/// An HTTP proxy that connects a client to its server (`CONNECT`, RFC 9110 section 9.3.6).
///
/// The proxy is spoken to without TLS; a `wss` connection is encrypted from the client to the server, through the proxy, and the proxy
/// cannot pass for the server with a certificate of its own.
public struct WebSocketProxy: Sendable, Hashable {
    /// A name or an address, without brackets.
    public let host: String
    public let port: Int
    /// What the proxy asks for, if anything. Default nil.
    public var authorization: Authorization?

    /// - Parameters:
    ///   - host: a name or an address, without brackets.
    ///   - port: 1 to 65,535. Anything else is a programming error; see ``init(url:)`` for what comes from outside.
    public init(host: String, port: Int, authorization: Authorization? = nil) {
        precondition((1...65_535).contains(port), "a port is from 1 to 65535")
        self.host = host
        self.port = port
        self.authorization = authorization
    }
}

extension WebSocketProxy: CustomStringConvertible {
    public var description: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.authorization == nil ? "\(host):\(self.port)" : "\(host):\(self.port) with authorization"
    }
}
