import ChatTransport
import HTTPTypes
import NIOCore

/// A WebSocket server that is no chat's, while `body` runs.
func withFakeServer<Value>(
    decide: @escaping @Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeDecision = { _ in .accept(subprotocol: "chat.v1") },
    _ handle: @escaping @Sendable (WebSocketConnection) async throws -> Void,
    _ body: (_ url: String) async throws -> Value
) async throws -> Value {
    var configuration = WebSocketServerConfiguration()
    configuration.drainTimeout = .milliseconds(100)
    let server = try await WebSocketServer.listen(
        host: "127.0.0.1", port: 0, configuration: configuration, logger: silent, decide: decide, handle: handle)
    let result: Result<Value, any Error>
    do { result = .success(try await body("ws://127.0.0.1:\(server.localAddress.port ?? 0)/ws")) } catch { result = .failure(error) }
    await server.drain()
    return try result.get()
}

extension WebSocketConnection {
    /// Takes everything and says nothing.
    func ignoreEverything() async throws {
        for try await _ in self.messages {}
    }
}
