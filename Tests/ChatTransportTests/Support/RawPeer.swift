import NIOCore
import NIOPosix

/// The end of a TCP connection that sends what bytes the test wants, and reads when the test wants.
final class RawPeer {
    enum Failure: Error {
        case ended
    }

    let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: ArraySlice<UInt8> = []

    init(
        channel: any Channel, inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.channel = channel
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Connects to a port of this machine.
    static func connect(
        to port: Int, isolation: isolated (any Actor)? = #isolation, _ body: (RawPeer) async throws -> Void
    ) async throws {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 65_536)  // Little, so that a peer that does not read is noticed soon.
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        try await connection.executeThenClose { inbound, outbound in
            try await body(RawPeer(channel: connection.channel, inbound: inbound.makeAsyncIterator(), outbound: outbound))
        }
    }

    /// Connects and asks for a WebSocket.
    static func upgrade(
        to port: Int, isolation: isolated (any Actor)? = #isolation, _ body: (RawPeer) async throws -> Void
    ) async throws {
        try await self.connect(to: port) { peer in
            try await peer.send(Array(HandshakeRequest().text.utf8))
            guard try await peer.head().hasPrefix("HTTP/1.1 101 ") else { throw Failure.ended }
            try await body(peer)
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends frames as a client does.
    func send(_ frames: WireFrame...) async throws {
        try await self.send(frames.flatMap(\.masked.bytes))
    }

    /// Up to the empty line.
    func head() async throws -> String {
        while true {
            if let end = self.received.indices.first(where: { self.received[$0...].starts(with: "\r\n\r\n".utf8) }) {
                defer { self.received = self.received[(end + 4)...] }
                return String(decoding: self.received[..<end], as: UTF8.self)
            }
            guard try await self.read() else { throw Failure.ended }
        }
    }

    /// The next frame, nil at the end of the stream.
    func frame() async throws -> WireFrame? {
        while true {
            if let frame = WireFrame(takingFrom: &self.received) { return frame }
            guard try await self.read() else { return nil }
        }
    }

    /// Returns when the other end has ended the connection, in whatever way.
    func end() async {
        while (try? await self.read()) == true {}
    }

    /// Ends the connection without a word.
    func vanish() {
        self.channel.close(promise: nil)
    }

    private func read() async throws -> Bool {
        guard let buffer = try await self.inbound.next() else { return false }
        self.received += buffer.readableBytesView
        return true
    }
}
