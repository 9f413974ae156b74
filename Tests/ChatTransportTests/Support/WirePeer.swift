import NIOCore
import NIOPosix
import NIOSSL

@testable import ChatTransport

/// A client's end of a connection that a test can have many of: frames in and out, and it reads only when the test wants.
///
/// Where one at a time is enough, see ``RawPeer``.
final class WirePeer: Sendable {
    enum Failure: Error {
        case noUpgrade(String)
    }

    let channel: any Channel
    private let inbox: NIOLoopBound<Inbox>

    private init(channel: any Channel, inbox: NIOLoopBound<Inbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects to a port of this machine.
    static func connect(to port: Int, receiveBuffer: Int = 65_536, tls: NIOSSLContext? = nil) async throws -> WirePeer {
        try await self.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: port), receiveBuffer: receiveBuffer, tls: tls)
    }

    static func connect(to address: SocketAddress, receiveBuffer: Int = 65_536, tls: NIOSSLContext? = nil) async throws -> WirePeer {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
            // With TLS it would leave the server's goodbye without an answer.
            .channelOption(.allowRemoteHalfClosure, value: tls == nil)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let inbox = Inbox(channel.eventLoop)
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(inbox)
                    return WirePeer(channel: channel, inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
                }
            }
    }

    /// Connects and asks for a WebSocket.
    ///
    /// - Parameter path: tells the connections of a ``FanOutServer`` apart.
    static func upgrade(
        to port: Int, path: String = "/", extensions: String? = nil, receiveBuffer: Int = 65_536, tls: NIOSSLContext? = nil
    ) async throws -> WirePeer {
        let peer = try await self.connect(to: port, receiveBuffer: receiveBuffer, tls: tls)
        let request = HandshakeRequest().changed {
            $0.line = "GET \(path) HTTP/1.1"
            if let extensions { $0.add("Sec-WebSocket-Extensions", extensions) }
        }
        peer.send(Array(request.text.utf8))
        let head = try await peer.head()
        guard head.hasPrefix("HTTP/1.1 101 ") else { throw Failure.noUpgrade(head) }
        return peer
    }

    // MARK: Out

    func send(_ bytes: [UInt8]) { self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Sends frames as a client does.
    func send(_ frames: WireFrame...) { self.send(frames.flatMap(\.masked.bytes)) }

    // MARK: In

    /// Up to the empty line.
    func head() async throws -> String {
        try await self.wait { inbox in
            guard let end = inbox.indices.first(where: { inbox[$0...].starts(with: "\r\n\r\n".utf8) }) else { return nil }
            defer { inbox = inbox[(end + 4)...] }
            return String(decoding: inbox[..<end], as: UTF8.self)
        } ?? ""
    }

    /// The next frame, nil at the end of the stream.
    func frame() async throws -> WireFrame? { try await self.wait { WireFrame(takingFrom: &$0) } }

    /// The next frame is text; what it says.
    func text() async throws -> String? { try await self.frame()?.text }

    func texts(_ count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count, let frame = try await self.frame(), let text = frame.text { texts.append(text) }
        return texts
    }

    /// All frames up to the end of the stream.
    func rest() async throws -> [WireFrame] {
        var frames: [WireFrame] = []
        while let frame = try await self.frame() { frames.append(frame) }
        return frames
    }

    /// Returns when the other end has ended the connection; what it had sent and nobody has taken.
    @discardableResult
    func end() async throws -> [UInt8] {
        _ = try await self.wait { _ in nil as Never? }
        return try await self.channel.eventLoop.submit { Array(self.inbox.value.received) }.get()
    }

    private func wait<Value: Sendable>(_ take: @escaping @Sendable (inout ArraySlice<UInt8>) -> Value?) async throws -> Value? {
        let future = self.channel.eventLoop.flatSubmit { self.inbox.value.wait(take) }
        return try await future.get()
    }

    // MARK: The network

    /// Stops reading, so that the other end's socket fills.
    func pause() async throws { try await self.channel.setOption(.autoRead, value: false).get() }

    func resume() async throws { try await self.channel.setOption(.autoRead, value: true).get() }

    /// Ends the connection without a word.
    func vanish() { self.channel.close(promise: nil) }

    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let eventLoop: any EventLoop
        var received: ArraySlice<UInt8> = []
        private var isEnded = false
        private var check: (() -> Void)?

        init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

        /// One at a time.
        func wait<Value: Sendable>(_ take: @escaping (inout ArraySlice<UInt8>) -> Value?) -> EventLoopFuture<Value?> {
            let promise = self.eventLoop.makePromise(of: Value?.self)
            self.check = {
                let value = take(&self.received)
                if value != nil || self.isEnded {
                    self.check = nil
                    promise.succeed(value)
                }
            }
            self.check?()
            return promise.futureResult
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.received += self.unwrapInboundIn(data).readableBytesView
            self.check?()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.end() }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) { self.end() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func end() {
            self.isEnded = true
            self.check?()
        }
    }
}
