import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

@testable import ChatTransport

/// A server on a port of this machine, whose connections `initialize` sets up.
func withLoopbackServer(
    _ initialize: @escaping @Sendable (any Channel) throws -> Void, _ body: (_ port: Int) async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initialize(channel) } }
        .bind(host: "127.0.0.1", port: 0).get()
    do {
        try await body(server.localAddress!.port!)
    } catch {
        try await server.close()
        throw error
    }
    try await server.close()
}

/// A server that sends back what comes, over TLS.
func withTLSEcho(_ tls: ServerTLS, _ body: (_ port: Int) async throws -> Void) async throws {
    try await withLoopbackServer(
        { try $0.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls.context), EchoHandler()) }, body)
}

final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    // A handshake that failed; the client's end of it is what counts.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// A client that trusts the certificates of `CertificatePair`.
final class TLSClient {
    private let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let alpn: ALPNHandler

    private init(
        channel: any Channel, inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, alpn: ALPNHandler
    ) {
        self.channel = channel
        self.inbound = inbound
        self.outbound = outbound
        self.alpn = alpn
    }

    /// - Parameter first: is sent before TLS begins.
    static func connect(
        to port: Int, first: String = "", _ change: (inout TLSConfiguration) -> Void = { _ in }, _ body: (TLSClient) async throws -> Void
    ) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([try CertificatePair.a.certificate(), try CertificatePair.b.certificate()])
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        let alpn = ALPNHandler()
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        FirstBytes(first), NIOSSLClientHandler(context: context, serverHostname: "localhost"), alpn)
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await connection.executeThenClose { inbound, outbound in
            let client = TLSClient(channel: connection.channel, inbound: inbound.makeAsyncIterator(), outbound: outbound, alpn: alpn)
            try await body(client)
        }
    }

    /// Sends something and gets it back. After the first time the handshake is done.
    func echo(_ text: String) async throws -> String {
        try await self.outbound.write(ByteBuffer(string: text))
        var received = ""
        while received.utf8.count < text.utf8.count, let bytes = try await self.inbound.next() { received += String(buffer: bytes) }
        return received
    }

    func send(_ bytes: [UInt8]) async throws { try await self.outbound.write(ByteBuffer(bytes: bytes)) }

    func certificate() async throws -> NIOSSLCertificate? { try await self.channel.nioSSL_peerCertificate().get() }

    func version() async throws -> TLSVersion? { try await self.channel.nioSSL_tlsVersion().get() }

    /// Nil if the server selected none.
    var negotiatedProtocol: String? { self.alpn.negotiated.withLock { $0 } }

    private final class ALPNHandler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let negotiated = Mutex<String?>(nil)

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent { self.negotiated.withLock { $0 = negotiated } }
            context.fireUserInboundEventTriggered(event)
        }
    }

    private final class FirstBytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let text: String

        init(_ text: String) { self.text = text }

        func channelActive(context: ChannelHandlerContext) {
            context.write(self.wrapOutboundOut(ByteBuffer(string: self.text)), promise: nil)
            context.fireChannelActive()
        }
    }
}
