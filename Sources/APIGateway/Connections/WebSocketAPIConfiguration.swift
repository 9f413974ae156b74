public import APIGatewayDefinition
public import ChatTransport

/// How a WebSocket API is served here, beside what its definition says.
public struct WebSocketAPIConfiguration: Sendable {
    /// Frames, handshakes and times of every connection. Default: the definition's quotas; no pings, since API Gateway sends none; a
    /// handshake may last as long as authorizer and `$connect` may; no compression.
    public var server: WebSocketServerConfiguration

    /// Messages of one connection that functions may be busy with. Default 64. Past it the connection is not read from until one is
    /// answered. Where functions have few processes, fewer here keep one client from taking all of them.
    ///
    /// API Gateway invokes for each message as it comes, so functions may finish in another order than the messages were sent in. With
    /// 1 a connection's messages are handled one after another.
    public var maximumConcurrentMessages = 64

    /// Bytes that may wait for a client that reads too slowly. Default 1 MiB. A `POST` that would go past it gets 429
    /// (`LimitExceededException`); the client stays connected.
    public var maximumUnsentBytes = 1024 * 1024

    public init(_ definition: APIDefinition) {
        let quotas = definition.quotas
        var server = WebSocketServerConfiguration()
        server.webSocket.maximumMessageBytes = quotas.messageBytes ?? QuotaDefinition.absoluteMessageBytes
        server.webSocket.maximumFrameBytes = min(
            quotas.frameBytes ?? QuotaDefinition.absoluteMessageBytes, server.webSocket.maximumMessageBytes)
        server.webSocket.idleTimeout = quotas.idleTimeout
        server.webSocket.maximumLifetime = quotas.connectionLifetime
        server.webSocket.pingInterval = nil
        server.maximumHeaderBytes = max(server.maximumHeaderBytes, (quotas.urlBytes ?? 0) + 12 * 1024)
        // Before the 101 come the authorizer and `$connect`, each with an integration's time.
        server.handshakeTimeout = .seconds(10) + (quotas.integrationTimeout ?? .seconds(900)) * 2
        self.server = server
    }
}
