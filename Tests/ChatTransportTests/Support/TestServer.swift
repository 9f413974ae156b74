import Logging
import NIOCore
import NIOPosix

@testable import ChatTransport

/// Runs a server on a port of this machine, and drains it afterwards.
func withServer(
    _ change: (inout WebSocketServerConfiguration) throws -> Void = { _ in },
    decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision = { _ in .accept() },
    handle: @escaping @Sendable (WebSocketConnection) async throws -> Void = echo,
    _ body: (WebSocketServer) async throws -> Void
) async throws {
    var configuration = WebSocketServerConfiguration()
    try change(&configuration)
    let server = try await WebSocketServer.listen(
        host: "127.0.0.1", port: 0, configuration: configuration, logger: Logger(label: "test"), decide: decide, handle: handle)
    do {
        try await body(server)
    } catch {
        await server.drain()
        throw error
    }
    await server.drain()
}

/// Sends back what comes.
@Sendable func echo(_ connection: WebSocketConnection) async throws {
    for try await message in connection.messages { try await connection.send(message) }
}

extension WebSocketServer {
    var port: Int { self.localAddress.port! }

    var url: String { "ws://127.0.0.1:\(self.port)/" }
}

extension WebSocketConnection {
    /// The texts of all messages up to the end. Once for a connection.
    func texts() async throws -> [String] {
        var texts: [String] = []
        for try await message in self.messages { texts.append(String(buffer: message.bytes)) }
        return texts
    }
}

extension WebSocketConnection.Messages.AsyncIterator {
    /// The text of the next message, nil at the end.
    mutating func text() async throws -> String? {
        try await self.next().map { String(buffer: $0.bytes) }
    }
}

/// Accepts connections and leaves everything else to the test.
func withRawServer(
    _ handle: @escaping @Sendable (RawPeer) async throws -> Void, _ body: (_ port: Int) async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let connection = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                Task {
                    try await connection.executeThenClose { inbound, outbound in
                        try await handle(RawPeer(channel: channel, inbound: inbound.makeAsyncIterator(), outbound: outbound))
                    }
                }
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    do {
        try await body(server.localAddress!.port!)
    } catch {
        try await server.close()
        throw error
    }
    try await server.close()
}
