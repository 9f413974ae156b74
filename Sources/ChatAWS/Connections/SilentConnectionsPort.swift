import ChatProtocol
import ChatService

/// The port of a function that may reach nobody: of the one at `$connect`, to whose own connection nothing can be sent before it has
/// returned (API Gateway would answer 410), and of the one at `$disconnect`.
struct SilentConnectionsPort: ConnectionsPort {
    func post(_ event: ChatEvent, to connectionId: String) async throws {
        throw ConnectionsError(.forbidden, "This function sends nothing.")
    }

    func publish(_ events: [ChatEvent], room: String, whenReached: @escaping @Sendable () async -> Void) async throws {
        throw ConnectionsError(.forbidden, "This function sends nothing.")
    }

    func close(connectionId: String, code: WebSocketCloseCode, reason: String) async throws {
        throw ConnectionsError(.forbidden, "This function ends no connection.")
    }
}
