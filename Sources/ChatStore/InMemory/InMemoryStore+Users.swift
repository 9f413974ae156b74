public import ChatProtocol
import Synchronization

/// The users and refresh tokens of an ``InMemoryStore``.
struct InMemoryUsers {
    struct Key: Hashable {
        private var pool: ExactString
        private var username: ExactString

        init(pool: String, username: String) {
            self.pool = ExactString(pool)
            self.username = ExactString(username)
        }
    }

    var byKey: [Key: UserRecord] = [:]
    var tokens: [[UInt8]: RefreshTokenRecord] = [:]
}

extension InMemoryStore: UserStore {
    public func insert(_ user: UserRecord) async throws {
        try self.users.withLock {
            let key = InMemoryUsers.Key(pool: user.pool, username: user.username)
            guard $0.byKey[key] == nil else { throw StoreError(.alreadyExists, "The user exists.") }
            $0.byKey[key] = user
        }
    }

    public func user(pool: String, username: String) async throws -> UserRecord? {
        self.users.withLock { $0.byKey[InMemoryUsers.Key(pool: pool, username: username)] }
    }

    public func update(_ user: UserRecord) async throws {
        try self.users.withLock {
            let key = InMemoryUsers.Key(pool: user.pool, username: user.username)
            guard let stored = $0.byKey[key] else { throw StoreError(.notFound, "There is no such user.") }
            guard stored.version == user.version else { throw StoreError(.conflict, "The user was changed meanwhile.") }
            var updated = user
            updated.version += 1
            $0.byKey[key] = updated
        }
    }

    public func insert(_ token: RefreshTokenRecord) async throws {
        self.users.withLock { $0.tokens[token.digest] = token }
    }

    public func refreshToken(digest: [UInt8]) async throws -> RefreshTokenRecord? {
        self.users.withLock { $0.tokens[digest] }
    }

    public func removeRefreshToken(digest: [UInt8]) async throws {
        self.users.withLock { $0.tokens[digest] = nil }
    }

    public func removeExpiredRefreshTokens(now: Timestamp) async throws -> Int {
        self.users.withLock { state in
            let before = state.tokens.count
            state.tokens = state.tokens.filter { $0.value.expiresAt > now }
            return before - state.tokens.count
        }
    }
}

extension InMemoryStore: KeyStore {
    public func signingKeys(pool: String) async throws -> [SigningKeyRecord] {
        self.keys.withLock { $0[pool] ?? [] }
    }

    public func insertFirst(_ key: SigningKeyRecord) async throws -> [SigningKeyRecord] {
        self.keys.withLock {
            if $0[key.pool] == nil { $0[key.pool] = [key] }
            return $0[key.pool] ?? []
        }
    }
}
