import NIOCore
import NIOHTTP1
import NIOPosix

/// One kept-alive connection to the Runtime API. It is plain HTTP/1.1 within the machine, so a general HTTP client would only
/// add to the start.
struct RuntimeConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RuntimeConnectionHandler>
    private let callTimeout: TimeAmount

    /// - Throws: ``RuntimeCallFailure``.
    static func connect(to address: RuntimeAPIAddress, on loop: any EventLoop, configuration: LambdaRuntimeConfiguration) async throws
        -> RuntimeConnection
    {
        let timeout = TimeAmount(configuration.callTimeout)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let initializer: @Sendable (any Channel) -> EventLoopFuture<RuntimeConnection> = { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = RuntimeConnectionHandler(host: address.description, maximumBodyBytes: configuration.maximumEventBytes)
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(handler)
                return RuntimeConnection(
                    channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), callTimeout: timeout)
            }
        }
        do {
            // An address, as Lambda gives it, is connected to without a resolver and its threads.
            if let address = try? SocketAddress(ipAddress: address.host, port: address.port) {
                return try await bootstrap.connect(to: address, channelInitializer: initializer)
            }
            return try await bootstrap.connect(host: address.host, port: address.port, channelInitializer: initializer)
        } catch {
            throw RuntimeCallFailure.disconnected(reason: "\(error)", wasReused: false)
        }
    }

    /// - Throws: ``RuntimeCallFailure``. After any failure the connection is of no more use.
    func send(_ call: RuntimeCall) async throws -> RuntimeAnswer {
        let promise = self.channel.eventLoop.makePromise(of: RuntimeAnswer.self)
        self.channel.eventLoop.execute {
            self.handler.value.send(call, timeout: call.kind == .next ? nil : self.callTimeout, on: self.channel, answering: promise)
        }
        return try await promise.futureResult.get()
    }

    /// Ends the connection, and with it the call under way, if any.
    func close() {
        self.channel.eventLoop.execute { self.handler.value.end("the runtime ends", self.channel) }
    }
}
