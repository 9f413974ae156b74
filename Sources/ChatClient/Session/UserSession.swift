public import ChatAuth

/// Where a client gets its tokens.
public protocol AccessTokenSource: Sendable {
    /// A token that holds for a while yet.
    func accessToken() async throws -> String

    /// The server did not take the last one: the next must be another.
    func discardAccessToken() async
}

/// A user who has signed in: has an access token at hand, and a fresh one when that runs out.
public actor UserSession: AccessTokenSource {
    private let pool: UserPoolClient
    private let now: @Sendable () -> ContinuousClock.Instant
    private var tokens: TokenSet
    private var receivedAt: ContinuousClock.Instant
    private var isDiscarded = false
    private var refreshing: Task<TokenSet, any Error>?

    /// A token is replaced when it holds for less than this. 1 minute.
    private static let margin: Duration = .seconds(60)

    /// - Parameter tokens: what signing in gave, just now.
    public init(pool: UserPoolClient, tokens: TokenSet) {
        self.init(pool: pool, tokens: tokens, now: { ContinuousClock().now })
    }

    init(pool: UserPoolClient, tokens: TokenSet, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.pool = pool
        self.tokens = tokens
        self.now = now
        self.receivedAt = now()
    }

    /// Signs in by SRP: the password does not leave this process.
    ///
    /// - Throws: `UserPoolError`, or what kept the pool from answering.
    public static func signIn(to pool: UserPoolClient, username: String, password: String) async throws -> UserSession {
        UserSession(pool: pool, tokens: try await pool.signIn(username: username, password: password))
    }

    public func accessToken() async throws -> String {
        let age = self.receivedAt.duration(to: self.now())
        // Half of a very short life is margin enough.
        let margin = min(Self.margin, self.tokens.expiresIn / 2)
        if !self.isDiscarded, age < self.tokens.expiresIn - margin { return self.tokens.accessToken }
        return try await self.refresh().accessToken
    }

    public func discardAccessToken() {
        self.isDiscarded = true
    }

    /// All who ask meanwhile wait for one refresh.
    private func refresh() async throws -> TokenSet {
        if let refreshing { return try await refreshing.value }
        guard let refreshToken = self.tokens.refreshToken else {
            throw ChatClientError(.unauthorized, "There is no refresh token. Sign in again.")
        }
        let pool = self.pool
        let task = Task { try await pool.refresh(refreshToken) }
        self.refreshing = task
        defer { self.refreshing = nil }
        var fresh: TokenSet
        do {
            fresh = try await task.value
        } catch let error as UserPoolError where error.code == .notAuthorized {
            throw ChatClientError(.unauthorized, "The refresh token is not accepted. Sign in again.", underlying: error)
        }
        fresh.refreshToken = fresh.refreshToken ?? refreshToken
        self.tokens = fresh
        self.receivedAt = self.now()
        self.isDiscarded = false
        return fresh
    }
}
