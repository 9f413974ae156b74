public import ChatProtocol

/// Who a token is for, once it was verified.
public struct VerifiedToken: Sendable, Hashable {
    /// The stable id of the user (`sub`).
    public var subject: String
    /// The name of the user: `username` of an access token, `cognito:username` of an ID token.
    public var username: String
    public var tokenUse: TokenUse
    /// The application that it was made for.
    public var clientId: String
    public var expiresAt: Timestamp

    public init(subject: String, username: String, tokenUse: TokenUse, clientId: String, expiresAt: Timestamp) {
        self.subject = subject
        self.username = username
        self.tokenUse = tokenUse
        self.clientId = clientId
        self.expiresAt = expiresAt
    }
}
