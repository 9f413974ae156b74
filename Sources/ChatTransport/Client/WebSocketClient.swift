public import NIOCore
public import NIOPosix
import NIOSSL

/// Opens WebSockets.
public enum WebSocketClient {
    /// Connects, runs `body` with the connection, and closes it.
    ///
    /// - Parameters:
    ///   - url: `ws://` or `wss://`.
    ///   - body: the connection is open while it runs, unless the peer or the network ends it: then `messages` ends.
    /// - Returns: what `body` returned.
    /// - Throws: ``WebSocketError`` if there is no connection to be had; what `body` threw.
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
        let tls = try url.isSecure ? NIOSSLContext(configuration: configuration.tls ?? .makeClientConfiguration()) : nil
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
        let channel: any Channel
        let result: EventLoopFuture<UpgradedChannel>
        do {
            (channel, result) = try await bootstrap.connect(host: url.host, port: url.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: UpgradedChannel.self)
                    do {
                        if let tls {
                            let hostname = url.isAddress ? nil : url.host
                            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: hostname))
                        }
                        try ClientHandshakeHandler.addToPipeline(of: channel, url: url, configuration: configuration, result: promise)
                    } catch {
                        promise.fail(error)
                        throw error
                    }
                    return (channel, promise.futureResult)
                }
            }
        } catch {
            throw WebSocketError(.connectFailed, "The server cannot be reached.", underlying: error)
        }
        return try await withTaskCancellationHandler {
            try await result.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
