import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket

@testable import ChatTransport

/// A client's end of one connection, whose server and time are the test's.
struct ClientHandshakeFixture: Sendable {
    let channel = NIOAsyncTestingChannel()
    private let result: EventLoopPromise<UpgradedChannel>

    init(
        _ url: String = "ws://server.example.com/chat", isConnected: Bool = true,
        _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = WebSocketClientConfiguration()
        change(&configuration)
        self.result = self.channel.eventLoop.makePromise()
        try await self.channel.testingEventLoop.executeInContext { [configuration, channel = self.channel, result = self.result] in
            try ClientHandshakeHandler.addToPipeline(of: channel, url: WebSocketURL(url), configuration: configuration, result: result)
        }
        if isConnected { try await self.connect() }
    }

    func connect() async throws {
        try await self.channel.connect(to: SocketAddress(ipAddress: "192.0.2.7", port: 80)).get()
    }

    // MARK: The server

    struct Request: Sendable {
        let line: String
        let fields: HTTPHeaders

        /// What `Sec-WebSocket-Accept` should be; also right for a request that is wrong otherwise.
        func accept() throws -> String {
            let channel = EmbeddedChannel()
            let upgrader = NIOWebSocketServerUpgrader(
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: self.fields)
            let headers = try upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:]).wait()
            return headers["Sec-WebSocket-Accept"][0]
        }
    }

    func request() async throws -> Request {
        var text = ""
        while !text.hasSuffix("\r\n\r\n") { text += String(buffer: try await self.channel.waitForOutboundWrite(as: ByteBuffer.self)) }
        let lines = text.split(separator: "\r\n")
        let fields = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":")!
            return (String(line[..<colon]), line[colon...].dropFirst(2).description)
        }
        return Request(line: String(lines[0]), fields: HTTPHeaders(fields))
    }

    func answer(_ text: String, then bytes: [UInt8] = []) async throws {
        try await self.channel.writeInbound(ByteBuffer(bytes: Array(text.utf8) + bytes))
        await self.channel.testingEventLoop.run()
    }

    /// The answer of a good server, changed by the test.
    func answer(
        to request: Request, then bytes: [UInt8] = [], _ change: (inout [(name: String, value: String)]) -> Void = { _ in }
    ) async throws {
        var fields =
            [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", try request.accept())]
            as [(name: String, value: String)]
        change(&fields)
        let lines = ["HTTP/1.1 101 Switching Protocols"] + fields.map { "\($0.name): \($0.value)" }
        try await self.answer(lines.joined(separator: "\r\n") + "\r\n\r\n", then: bytes)
    }

    func advance(_ time: Duration) async {
        await self.channel.testingEventLoop.advanceTime(by: TimeAmount(time))
    }

    // MARK: The client

    func upgraded() async throws -> UpgradedChannel {
        try await self.result.futureResult.get()
    }

    /// Why there is no connection, which has then ended as well.
    func failure() async throws -> WebSocketError? {
        do {
            _ = try await self.result.futureResult.get()
            return nil
        } catch let error as WebSocketError {
            await self.channel.testingEventLoop.run()
            try await self.channel.closeFuture.get()
            return error
        }
    }
}
