public import ChatProtocol

/// Keeps the users of user pools and what they need to sign in. It never sees a password.
public protocol UserStore: Sendable {
    /// - Throws: ``StoreError`` with `alreadyExists` if the pool has a user of that name.
    func insert(_ user: UserRecord) async throws

    func user(pool: String, username: String) async throws -> UserRecord?

    /// Replaces a user if nobody else did since it was read: the stored `version` must be the given one, and is then raised.
    ///
    /// - Throws: ``StoreError`` with `conflict` if it is another, `notFound` if there is no such user.
    func update(_ user: UserRecord) async throws

    /// Keeps a refresh token by its digest.
    func insert(_ token: RefreshTokenRecord) async throws

    func refreshToken(digest: [UInt8]) async throws -> RefreshTokenRecord?

    /// Forgets a refresh token; not knowing it is no error.
    func removeRefreshToken(digest: [UInt8]) async throws

    /// Forgets the refresh tokens that have expired by `now`.
    ///
    /// - Returns: how many those were.
    @discardableResult
    func removeExpiredRefreshTokens(now: Timestamp) async throws -> Int
}

/// A user of a pool.
public struct UserRecord: Sendable, Hashable {
    /// Where a user stands between signing up and using the service.
    public struct Status: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let unconfirmed = Self(rawValue: "UNCONFIRMED")
        public static let confirmed = Self(rawValue: "CONFIRMED")
    }

    /// The code that a user must repeat to prove that an address is theirs. Only its digest is kept.
    public struct ConfirmationCode: Sendable, Hashable {
        public var digest: [UInt8]
        public var expiresAt: Timestamp
        public var failedAttempts: Int

        public init(digest: [UInt8], expiresAt: Timestamp, failedAttempts: Int = 0) {
            self.digest = digest
            self.expiresAt = expiresAt
            self.failedAttempts = failedAttempts
        }
    }

    public var pool: String
    /// Unique in the pool.
    public var username: String
    /// The stable id (`sub`).
    public var subject: String
    public var attributes: [String: String]
    public var status: Status
    /// SRP's salt and verifier, unsigned and big-endian.
    public var salt: [UInt8]
    public var verifier: [UInt8]
    public var confirmationCode: ConfirmationCode?
    public var createdAt: Timestamp
    public var modifiedAt: Timestamp
    /// Raised by the store at each update.
    public var version: Int64 = 0

    public init(
        pool: String, username: String, subject: String, attributes: [String: String], status: Status, salt: [UInt8],
        verifier: [UInt8], confirmationCode: ConfirmationCode?, createdAt: Timestamp
    ) {
        self.pool = pool
        self.username = username
        self.subject = subject
        self.attributes = attributes
        self.status = status
        self.salt = salt
        self.verifier = verifier
        self.confirmationCode = confirmationCode
        self.createdAt = createdAt
        self.modifiedAt = createdAt
    }
}

/// A refresh token, known by its digest alone.
public struct RefreshTokenRecord: Sendable, Hashable {
    /// SHA-256 of the token.
    public var digest: [UInt8]
    public var pool: String
    public var clientId: String
    public var username: String
    /// When the user signed in (`auth_time`), and the id that all tokens of that sign-in share (`origin_jti`).
    public var authenticatedAt: Timestamp
    public var originId: String
    public var expiresAt: Timestamp

    public init(
        digest: [UInt8], pool: String, clientId: String, username: String, authenticatedAt: Timestamp, originId: String,
        expiresAt: Timestamp
    ) {
        self.digest = digest
        self.pool = pool
        self.clientId = clientId
        self.username = username
        self.authenticatedAt = authenticatedAt
        self.originId = originId
        self.expiresAt = expiresAt
    }
}
