/// Where a ``TokenVerifier`` gets an issuer's keys.
public protocol TokenKeySource: Sendable {
    /// The key with that id, or nil if the issuer has none.
    ///
    /// - Throws: ``TokenError/keysUnavailable`` if it could not be found out.
    func key(id: String) async throws(TokenError) -> TokenKey?
}

/// Keys that are known and do not change.
public struct StaticTokenKeys: TokenKeySource {
    private let keys: [String: TokenKey]

    public init(_ set: JSONWebKeySet) async {
        self.keys = await set.tokenKeys()
    }

    public func key(id: String) async throws(TokenError) -> TokenKey? {
        self.keys[id]
    }
}
