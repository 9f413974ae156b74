public import NIOCore
public import NIOPosix

/// Opens WebSockets.
public enum WebSocketClient {
    /// Connects, runs `body` with the connection, and closes it.
    ///
    /// All addresses of a name are tried, IPv6 first and each 250 ms after the one before it (happy eyeballs, RFC 8305, which SwiftNIO's
    /// bootstrap does): a server that listens on one family only, or whose other address leads nowhere, costs no timeout.
    ///
    /// - Parameters:
    ///   - url: `ws://` or `wss://`.
    ///   - eventLoopGroup: runs the connection. It must not be shut down before names that were being looked up are, not even if the task was
    ///     cancelled meanwhile. Default: SwiftNIO's own.
    ///   - body: the connection is open while it runs, unless the peer or the network ends it: then `messages` ends.
    /// - Returns: what `body` returned.
    /// - Throws: ``WebSocketError`` if there is no connection to be had, `CancellationError` if the task is cancelled before there is
    ///   one; what `body` threw.
    public static func withConnection<Value>(
        to url: String,
        configuration: WebSocketClientConfiguration = WebSocketClientConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        let channel = try await self.connect(to: WebSocketURL(url), configuration: configuration, eventLoopGroup: eventLoopGroup)
        return try await channel.run(body)
    }

    private static func connect(
        to url: WebSocketURL, configuration: WebSocketClientConfiguration, eventLoopGroup: any EventLoopGroup
    ) async throws -> UpgradedChannel {
        let attempt = ConnectionAttempt()
        return try await withTaskCancellationHandler {
            do {
                let result = try await attempt.run {
                    try await self.connect(to: url, configuration: configuration, eventLoopGroup: eventLoopGroup, attempt: attempt)
                }
                return try await result.get()
            } catch {
                if Task.isCancelled { throw CancellationError() }
                throw error
            }
        } onCancel: {
            attempt.cancel()
        }
    }

    private static func connect(
        to url: WebSocketURL, configuration: WebSocketClientConfiguration, eventLoopGroup: any EventLoopGroup, attempt: ConnectionAttempt
    ) async throws -> EventLoopFuture<UpgradedChannel> {
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .resolver(configuration.resolver)
        do {
            let tls = try url.isSecure ? ClientTLS(url: url, configuration: configuration) : nil
            let (host, port) = configuration.proxy.map { ($0.host, $0.port) } ?? (url.host, url.port)
            return try await bootstrap.connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.add(channel)
                    let promise = channel.eventLoop.makePromise(of: UpgradedChannel.self)
                    do {
                        guard let proxy = configuration.proxy else {
                            try self.ask(on: channel, url: url, configuration: configuration, tls: tls, result: promise)
                            return promise.futureResult
                        }
                        self.askThrough(proxy, on: channel, url: url, configuration: configuration, tls: tls, result: promise)
                    } catch {
                        promise.fail(error)
                        throw error
                    }
                    return promise.futureResult
                }
            }
        } catch {
            throw WebSocketError(.connectFailed, "The server cannot be reached.", underlying: error)
        }
    }

    private static func ask(
        on channel: any Channel, url: WebSocketURL, configuration: WebSocketClientConfiguration, tls: ClientTLS?,
        result: EventLoopPromise<UpgradedChannel>
    ) throws {
        if let tls { try channel.pipeline.syncOperations.addHandler(tls.makeHandler()) }
        try ClientHandshakeHandler.addToPipeline(of: channel, url: url, configuration: configuration, result: result)
    }

    private static func askThrough(
        _ proxy: WebSocketProxy, on channel: any Channel, url: WebSocketURL, configuration: WebSocketClientConfiguration,
        tls: ClientTLS?, result: EventLoopPromise<UpgradedChannel>
    ) {
        let connected = channel.eventLoop.makePromise(of: Void.self)
        connected.futureResult.assumeIsolated().whenComplete { outcome in
            do {
                try outcome.get()
                try self.ask(on: channel, url: url, configuration: configuration, tls: tls, result: result)
            } catch {
                result.fail(WebSocketError(.connectFailed, "The proxy gave no tunnel to the server.", underlying: error))
                channel.close(promise: nil)
            }
        }
        WebSocketProxy.addToPipeline(
            of: channel, proxy: proxy, targetHost: url.host, targetPort: url.port,
            deadline: channel.eventLoop.now + TimeAmount(configuration.connectTimeout) + TimeAmount(configuration.handshakeTimeout),
            connected: connected)
    }
}
