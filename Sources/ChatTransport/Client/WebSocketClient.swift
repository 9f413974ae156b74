public import NIOCore
public import NIOPosix
import NIOSSL
import Synchronization

/// Opens WebSockets.
public enum WebSocketClient {
    /// Connects, runs `body` with the connection, and closes it.
    ///
    /// - Parameters:
    ///   - url: `ws://` or `wss://`.
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
        let attempt = Attempt()
        return try await withTaskCancellationHandler {
            do {
                let result = try await self.connect(
                    to: url, configuration: configuration, eventLoopGroup: eventLoopGroup, attempt: attempt)
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
        to url: WebSocketURL, configuration: WebSocketClientConfiguration, eventLoopGroup: any EventLoopGroup, attempt: Attempt
    ) async throws -> EventLoopFuture<UpgradedChannel> {
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
        do {
            let tls = try url.isSecure ? NIOSSLContext(configuration: configuration.tls ?? .makeClientConfiguration()) : nil
            return try await bootstrap.connect(host: url.host, port: url.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.add(channel)
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
                    return promise.futureResult
                }
            }
        } catch {
            throw WebSocketError(.connectFailed, "The server cannot be reached.", underlying: error)
        }
    }

    /// The channels of one attempt to connect, of which there is one for each address of a name, so that a cancelled task need not
    /// wait for the network.
    private final class Attempt: Sendable {
        /// Nil once the task was cancelled.
        private let channels = Mutex<[any Channel]?>([])

        func add(_ channel: any Channel) throws {
            let isCancelled = self.channels.withLock { channels in
                channels?.append(channel)
                return channels == nil
            }
            if isCancelled { throw CancellationError() }
        }

        func cancel() {
            let channels = self.channels.withLock { channels in
                defer { channels = nil }
                return channels ?? []
            }
            for channel in channels { channel.close(promise: nil) }
        }
    }
}
