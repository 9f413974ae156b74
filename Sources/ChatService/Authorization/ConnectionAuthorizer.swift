public import ChatAuth
public import ChatProtocol

/// Says who is connecting. An embedder with users of their own brings their own.
public protocol ConnectionAuthorizer: Sendable {
    /// - Throws: ``ConnectRejection``.
    func authorize(_ request: ConnectRequest) async throws(ConnectRejection) -> ConnectedUser
}

/// Who is connected.
public struct ConnectedUser: Sendable, Hashable {
    public var sender: ChatMessage.Sender
    /// When the connection has to end because its token does; nil for never.
    public var expiresAt: Timestamp?

    public init(sender: ChatMessage.Sender, expiresAt: Timestamp? = nil) {
        self.sender = sender
        self.expiresAt = expiresAt
    }
}

/// Why somebody may not connect.
public struct ConnectRejection: Error, Sendable, Hashable {
    /// The HTTP status that answers the handshake.
    public var status: Int
    /// One word, from a closed list, for logs and metrics. The client is not told.
    public var reason: String

    public init(status: Int, reason: String) {
        self.status = status
        self.reason = reason
    }
}

/// Lets in whoever has a token of a user pool.
public struct TokenAuthorizer: ConnectionAuthorizer {
    private let verifier: TokenVerifier

    public init(_ verifier: TokenVerifier) {
        self.verifier = verifier
    }

    public func authorize(_ request: ConnectRequest) async throws(ConnectRejection) -> ConnectedUser {
        do throws(TokenError) {
            let token = try await self.verifier.verify(request.token ?? "")
            return ConnectedUser(
                sender: ChatMessage.Sender(id: token.subject, name: token.username), expiresAt: token.expiresAt)
        } catch {
            // The token may be good when the keys cannot be had: then the client had better try again.
            throw ConnectRejection(status: error == .keysUnavailable ? 503 : 401, reason: error.shortDescription)
        }
    }
}
