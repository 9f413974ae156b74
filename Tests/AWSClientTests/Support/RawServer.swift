import NIOCore
import NIOPosix

/// A TCP server on loopback that keeps what it receives and writes a fixed answer after each request, so that a test sees the bytes as they
/// are on the wire.
struct RawServer {
    let port: Int
    let received: AsyncStream<String>
    private let channel: any Channel

    /// - Parameter answer: written as soon as a request's head and declared body are complete; nil: nothing is ever written.
    static func with<Result>(answer: String?, _ body: (RawServer) async throws -> Result) async throws -> Result {
        let (received, requests) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(100))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(answer: answer, requests: requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = RawServer(port: channel.localAddress?.port ?? 0, received: received, channel: channel)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String?
        private let requests: AsyncStream<String>.Continuation
        private var text = ""

        init(answer: String?, requests: AsyncStream<String>.Continuation) {
            self.answer = answer
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.text += String(buffer: self.unwrapInboundIn(data))
            guard let end = self.text.firstRange(of: "\r\n\r\n") else { return }
            let head = self.text[..<end.lowerBound].lowercased()
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
            guard self.text[end.upperBound...].utf8.count >= length else { return }
            self.requests.yield(self.text)
            self.text = ""
            if let answer { context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil) }
        }
    }
}
