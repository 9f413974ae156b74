import NIOCore
import NIOPosix

/// A TCP connection of which a test decides every byte.
actor RawConnection {
    struct Ended: Error {}

    nonisolated let channel: any Channel
    private let inbound: AsyncStream<ByteBuffer>
    private var received = ByteBuffer()

    private init(_ channel: any Channel, _ inbound: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.inbound = inbound
    }

    /// - Parameter isReading: false for a peer that takes nothing from the network until ``startReading()``.
    static func connect(to address: SocketAddress, isReading: Bool = true) async throws -> RawConnection {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(1_000_000))
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: isReading)
        if !isReading { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 4096) }
        let channel = try await bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Handler(continuation))
            }
        }.connect(to: address).get()
        return RawConnection(channel, stream)
    }

    nonisolated func startReading() async throws {
        try await self.channel.setOption(.autoRead, value: true).get()
    }

    nonisolated func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    nonisolated func write(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text))
    }

    nonisolated func close() {
        self.channel.close(promise: nil)
    }

    // MARK: Reading

    /// - Throws: ``Ended`` if the peer ends before there are as many.
    func read(_ count: Int) async throws -> [UInt8] {
        while self.received.readableBytes < count { try await self.readMore() }
        return self.received.readBytes(length: count) ?? []
    }

    /// Up to and with `end`.
    func read(through end: String) async throws -> String {
        let pattern = Array(end.utf8)
        while true {
            let view = self.received.readableBytesView
            if let range = view.firstRange(of: pattern) {
                return self.received.readString(length: range.upperBound - view.startIndex) ?? ""
            }
            try await self.readMore()
        }
    }

    /// What comes before the peer ends.
    func readToEnd() async throws -> String {
        do { while true { try await self.readMore() } } catch is Ended {}
        return self.received.readString(length: self.received.readableBytes) ?? ""
    }

    private func readMore() async throws {
        var iterator = self.inbound.makeAsyncIterator()
        guard var more = await iterator.next(isolation: self) else {
            try Task.checkCancellation()
            throw Ended()
        }
        self.received.discardReadBytes()
        self.received.writeBuffer(&more)
    }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.continuation.yield(self.unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.continuation.finish() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
