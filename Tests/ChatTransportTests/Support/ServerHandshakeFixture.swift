import NIOCore
import NIOEmbedded

@testable import ChatTransport

/// A server's end of one connection, whose client and time are the test's.
struct ServerHandshakeFixture: Sendable {
    let channel = NIOAsyncTestingChannel()

    /// Everybody is let in.
    init(_ change: (inout WebSocketServerConfiguration) -> Void = { _ in }) async throws {
        var configuration = WebSocketServerConfiguration()
        change(&configuration)
        try await self.init(configuration, answer: { _ in WebSocketUpgradeAnswer(.accept()) { _, _, _ in } })
    }

    static func deciding(
        _ decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision
    ) async throws -> Self {
        try await self.answering { WebSocketUpgradeAnswer(await decide($0)) { _, _, _ in } }
    }

    static func answering(
        _ answer: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer
    ) async throws -> Self {
        try await self.init(WebSocketServerConfiguration(), answer: answer)
    }

    private init(
        _ configuration: WebSocketServerConfiguration,
        answer: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer
    ) async throws {
        let acceptor = WebSocketAcceptor(configuration: configuration, loops: WebSocketLoops(), decide: .task(answer))
        try await self.channel.testingEventLoop.executeInContext { [channel = self.channel] in
            try acceptor.accept(channel, isAlone: false)
        }
        try await self.channel.connect(to: SocketAddress(ipAddress: "192.0.2.7", port: 4711)).get()
    }

    // MARK: The client

    func send(_ request: HandshakeRequest, then bytes: [UInt8] = []) async throws {
        try await self.send(Array(request.text.utf8) + bytes)
    }

    func send(_ bytes: some Sequence<UInt8>) async throws {
        try await self.channel.writeInbound(ByteBuffer(bytes: bytes))
        await self.channel.testingEventLoop.run()
    }

    func response() async throws -> HandshakeResponse {
        var text = ""
        while true {
            text += String(buffer: try await self.channel.waitForOutboundWrite(as: ByteBuffer.self))
            if let response = HandshakeResponse(text) { return response }
        }
    }

    /// The next frame that the server sends.
    func frame() async throws -> WireFrame? {
        while true {
            let buffer = try await self.channel.waitForOutboundWrite(as: ByteBuffer.self)
            if buffer.readableBytes > 0 { return WireFrame.all(in: buffer.readableBytesView)?.first }
        }
    }

    /// Whether something was sent that nobody has looked at.
    func hasSentMore() async throws -> Bool {
        while let buffer = try await self.channel.readOutbound(as: ByteBuffer.self) { if buffer.readableBytes > 0 { return true } }
        return false
    }

    // MARK: The server

    /// The text of the next message that it is given.
    func message() async throws -> String {
        String(buffer: try await self.channel.waitForInboundWrite(as: WebSocketMessage.self).bytes)
    }

    func fire(_ event: any Sendable) async throws {
        try await self.channel.testingEventLoop.executeInContext { [channel = self.channel] in
            channel.pipeline.fireUserInboundEventTriggered(event)
        }
        await self.channel.testingEventLoop.run()
    }

    func advance(_ time: Duration) async {
        await self.channel.testingEventLoop.advanceTime(by: TimeAmount(time))
    }

    /// Returns when the connection has ended.
    func end() async throws {
        await self.channel.testingEventLoop.run()
        try await self.channel.closeFuture.get()
    }
}
