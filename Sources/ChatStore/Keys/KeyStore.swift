public import ChatProtocol

/// Keeps the key pairs with which a user pool signs its tokens.
public protocol KeyStore: Sendable {
    /// The keys of a pool, the newest first.
    func signingKeys(pool: String) async throws -> [SigningKeyRecord]

    /// Keeps a key if the pool has none yet, so that processes that start at once agree on one.
    ///
    /// - Returns: the keys that the pool then has, the newest first.
    func insertFirst(_ key: SigningKeyRecord) async throws -> [SigningKeyRecord]
}

/// A key pair. The private half is a secret: it is not described, not logged, and leaves the store only to sign.
public struct SigningKeyRecord: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public var pool: String
    /// The `kid` of the tokens that it signs.
    public var keyId: String
    public var privateKeyPEM: String
    public var createdAt: Timestamp

    public init(pool: String, keyId: String, privateKeyPEM: String, createdAt: Timestamp) {
        self.pool = pool
        self.keyId = keyId
        self.privateKeyPEM = privateKeyPEM
        self.createdAt = createdAt
    }

    public var description: String { "SigningKeyRecord(\(self.pool), \(self.keyId))" }
    public var customMirror: Mirror { Mirror(self, children: ["pool": self.pool, "keyId": self.keyId]) }
}
