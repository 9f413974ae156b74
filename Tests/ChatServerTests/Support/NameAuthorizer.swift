import ChatProtocol
import ChatService

/// Takes a token for the name of its user. What tokens really have to be is not what most tests are about.
struct NameAuthorizer: ConnectionAuthorizer {
    var expiresAt: Timestamp?

    func authorize(_ request: ConnectRequest) async throws(ConnectRejection) -> ConnectedUser {
        guard let name = request.token, !name.isEmpty else { throw ConnectRejection(status: 401, reason: "missing") }
        return ConnectedUser(sender: ChatMessage.Sender(id: "sub-\(name)", name: name), expiresAt: self.expiresAt)
    }
}
