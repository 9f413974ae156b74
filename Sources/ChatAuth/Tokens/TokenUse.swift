/// What a token is for: the claim `token_use`.
public struct TokenUse: RawRepresentable, Sendable, Hashable, Codable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Tells an application who the user is. It names the application in `aud`.
    public static let id = Self(rawValue: "id")
    /// Lets the bearer use a service. It names the application in `client_id`.
    public static let access = Self(rawValue: "access")
}
