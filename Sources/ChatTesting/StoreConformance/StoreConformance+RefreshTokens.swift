import ChatProtocol
import ChatStore

extension RefreshTokenRecord {
    fileprivate static func sample(expires: Int64 = 4_000_000_000_000) -> Self {
        var generator = SystemRandomNumberGenerator()
        return Self(
            digest: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, pool: "pool", clientId: "client",
            username: "alice", authenticatedAt: Timestamp(millisecondsSinceEpoch: 1), originId: "origin",
            expiresAt: Timestamp(millisecondsSinceEpoch: expires))
    }
}

extension StoreConformance {
    static let refreshTokens: [StoreCheck<any UserStore>] = [
        StoreCheck("a refresh token comes back as it was") { store in
            let token = RefreshTokenRecord.sample()
            try await store.insert(token)
            try requireEqual(try await store.refreshToken(digest: token.digest), token, "token")
            try requireEqual(try await store.refreshToken(digest: RefreshTokenRecord.sample().digest), nil, "another token")
        },
        StoreCheck("a refresh token replaces another of its digest") { store in
            var token = RefreshTokenRecord.sample()
            try await store.insert(token)
            token.username = "bob"
            try await store.insert(token)
            try requireEqual(try await store.refreshToken(digest: token.digest), token, "token")
        },
        StoreCheck("a removed refresh token is gone") { store in
            let (gone, stays) = (RefreshTokenRecord.sample(), RefreshTokenRecord.sample())
            try await store.insert(gone)
            try await store.insert(stays)
            for _ in 0..<2 {
                try await store.removeRefreshToken(digest: gone.digest)
                try requireEqual(try await store.refreshToken(digest: gone.digest), nil, "token")
            }
            try requireEqual(try await store.refreshToken(digest: stays.digest), stays, "another token")
        },
        StoreCheck("expired refresh tokens are removed and counted") { store in
            // Long ago, so that no other check's tokens are among them.
            let tokens = [998, 999, 1000, 1001].map { RefreshTokenRecord.sample(expires: $0) }
            for token in tokens { try await store.insert(token) }
            let now = Timestamp(millisecondsSinceEpoch: 1000)
            try requireEqual(try await store.removeExpiredRefreshTokens(now: now), 3, "removed tokens")
            for token in tokens {
                let isThere = token.expiresAt > now
                try requireEqual(try await store.refreshToken(digest: token.digest) != nil, isThere, "whether \(token.expiresAt) is there")
            }
            try requireEqual(try await store.removeExpiredRefreshTokens(now: now), 0, "tokens removed again")
            try await store.removeRefreshToken(digest: tokens[3].digest)
        },
    ]
}
