import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

/// A Runtime API on loopback that a test answers call by call.
final class FakeRuntimeAPI: Sendable {
    /// One call, and how to answer it.
    struct Call: Sendable {
        let method: HTTPMethod
        let path: String
        let headers: HTTPHeaders
        let body: [UInt8]
        /// Which connection it came on, counted from 1.
        let connection: Int
        fileprivate let channel: any Channel

        var text: String { String(decoding: self.body, as: UTF8.self) }

        func reply(_ status: Int, _ headers: [(String, String)] = [], body: [UInt8] = [], chunked: Bool = false) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers))
            if chunked {
                head.headers.add(name: "Transfer-Encoding", value: "chunked")
            } else {
                head.headers.add(name: "Content-Length", value: String(body.count))
            }
            self.channel.write(HTTPServerResponsePart.head(head), promise: nil)
            for start in stride(from: 0, to: body.count, by: 10_000) {
                let part = body[start..<min(start + 10_000, body.count)]
                self.channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: part))), promise: nil)
            }
            self.channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        }

        /// Hands out an event.
        func invoke(
            _ requestId: String, event: String = "{}", deadline: Int64 = .max, _ headers: [(String, String)] = [], chunked: Bool = false
        ) {
            self.reply(
                200,
                [
                    ("Lambda-Runtime-Aws-Request-Id", requestId), ("Lambda-Runtime-Deadline-Ms", String(deadline)),
                    ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:chat"),
                ] + headers, body: Array(event.utf8), chunked: chunked)
        }

        /// Bytes that need not be HTTP.
        func reply(raw: String) async throws {
            let channel = self.channel
            try await channel.eventLoop.submit {
                let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                encoder.writeAndFlush(NIOAny(ByteBuffer(string: raw)), promise: nil)
            }.get()
        }

        /// Cuts the connection instead of an answer; returns once it is closed.
        func drop() async throws { try await self.channel.close() }
    }

    let port: Int
    private let server: any Channel
    private let calls: AsyncStream<Call>

    init() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Call.self, bufferingPolicy: .bufferingNewest(100))
        self.calls = calls
        let connections = NIOLockedCounter()
        self.server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Without the pipelining handler, which would hold back raw answers.
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(CallCollector(connection: connections.next()) { continuation.yield($0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.server.localAddress?.port ?? 0
    }

    var environment: [String: String] { ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(self.port)"] }

    /// The next call that comes.
    func call() async throws -> Call {
        var iterator = self.calls.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    /// The next call, which must be `next`.
    func next(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Call {
        let call = try await self.call()
        #expect(call.method == .GET && call.path == "/2018-06-01/runtime/invocation/next", sourceLocation: sourceLocation)
        return call
    }

    func close() async throws { try await self.server.close() }
}

final class NIOLockedCounter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        self.value.withLock {
            $0 += 1
            return $0
        }
    }
}

private final class CallCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    private let connection: Int
    private let deliver: (FakeRuntimeAPI.Call) -> Void
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(connection: Int, _ deliver: @escaping (FakeRuntimeAPI.Call) -> Void) {
        self.connection = connection
        self.deliver = deliver
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            self.body = []
        case .body(let buffer): self.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head = self.head else { return }
            self.deliver(
                FakeRuntimeAPI.Call(
                    method: head.method, path: head.uri, headers: head.headers, body: self.body, connection: self.connection,
                    channel: context.channel))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
