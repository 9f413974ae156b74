public import ChatProtocol
public import ChatStore
import Foundation
import GRDB

extension SQLiteStore: UserStore {
    public func insert(_ user: UserRecord) async throws {
        let attributes = try Self.encode(user.attributes)
        try await self.write { database in
            let insert = try PreparedStatement(
                database, "INSERT INTO users VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING")
            Self.bind(user, attributes: attributes, to: insert)
            insert.bind(user.createdAt.millisecondsSinceEpoch, at: 11)
            guard try insert.run() == 1 else { throw StoreError(.alreadyExists, "The user exists.") }
        }
    }

    public func user(pool: String, username: String) async throws -> UserRecord? {
        try await self.read { database in
            let select = try PreparedStatement(
                database,
                """
                SELECT subject, attributes, status, salt, verifier, code_digest, code_expires_at, code_failed_attempts,
                       created_at, modified_at, version
                FROM users WHERE pool = ? AND username = ?
                """)
            select.bind(pool, at: 1)
            select.bind(username, at: 2)
            defer { select.reset() }
            guard try select.step() else { return nil }
            var code: UserRecord.ConfirmationCode?
            if !select.isNull(5) {
                code = UserRecord.ConfirmationCode(
                    digest: select.bytes(5),
                    expiresAt: Timestamp(millisecondsSinceEpoch: select.integer(6)),
                    failedAttempts: Int(select.integer(7)))
            }
            var user = UserRecord(
                pool: pool, username: username, subject: select.text(0), attributes: try Self.decode(select.text(1)),
                status: UserRecord.Status(rawValue: select.text(2)), salt: select.bytes(3), verifier: select.bytes(4),
                confirmationCode: code, createdAt: Timestamp(millisecondsSinceEpoch: select.integer(8)))
            user.modifiedAt = Timestamp(millisecondsSinceEpoch: select.integer(9))
            user.version = select.integer(10)
            return user
        }
    }

    public func update(_ user: UserRecord) async throws {
        let attributes = try Self.encode(user.attributes)
        try await self.write { database in
            let update = try PreparedStatement(
                database,
                """
                UPDATE users SET subject = ?3, attributes = ?4, status = ?5, salt = ?6, verifier = ?7, code_digest = ?8,
                    code_expires_at = ?9, code_failed_attempts = ?10, modified_at = ?12, version = ?13 + 1
                WHERE pool = ?1 AND username = ?2 AND version = ?13
                """)
            Self.bind(user, attributes: attributes, to: update)
            if try update.run() == 1 { return }
            let select = try PreparedStatement(database, "SELECT 1 FROM users WHERE pool = ? AND username = ?")
            select.bind(user.pool, at: 1)
            select.bind(user.username, at: 2)
            defer { select.reset() }
            throw try select.step()
                ? StoreError(.conflict, "The user was changed meanwhile.") : StoreError(.notFound, "There is no such user.")
        }
    }

    public func insert(_ token: RefreshTokenRecord) async throws {
        try await self.write { database in
            let insert = try PreparedStatement(database, "INSERT OR REPLACE INTO refresh_tokens VALUES (?, ?, ?, ?, ?, ?, ?)")
            insert.bind(token.digest, at: 1)
            insert.bind(token.pool, at: 2)
            insert.bind(token.clientId, at: 3)
            insert.bind(token.username, at: 4)
            insert.bind(token.authenticatedAt.millisecondsSinceEpoch, at: 5)
            insert.bind(token.originId, at: 6)
            insert.bind(token.expiresAt.millisecondsSinceEpoch, at: 7)
            try insert.run()
        }
    }

    public func refreshToken(digest: [UInt8]) async throws -> RefreshTokenRecord? {
        try await self.read { database in
            let select = try PreparedStatement(
                database,
                "SELECT pool, client_id, username, authenticated_at, origin_id, expires_at FROM refresh_tokens WHERE digest = ?")
            select.bind(digest, at: 1)
            defer { select.reset() }
            guard try select.step() else { return nil }
            return RefreshTokenRecord(
                digest: digest, pool: select.text(0), clientId: select.text(1), username: select.text(2),
                authenticatedAt: Timestamp(millisecondsSinceEpoch: select.integer(3)), originId: select.text(4),
                expiresAt: Timestamp(millisecondsSinceEpoch: select.integer(5)))
        }
    }

    public func removeRefreshToken(digest: [UInt8]) async throws {
        try await self.write { database in
            let delete = try PreparedStatement(database, "DELETE FROM refresh_tokens WHERE digest = ?")
            delete.bind(digest, at: 1)
            try delete.run()
        }
    }

    public func removeExpiredRefreshTokens(now: Timestamp) async throws -> Int {
        try await self.write { database in
            let delete = try PreparedStatement(database, "DELETE FROM refresh_tokens WHERE expires_at <= ?")
            delete.bind(now.millisecondsSinceEpoch, at: 1)
            return try delete.run()
        }
    }
}

extension SQLiteStore {
    /// Binds what an insert and an update share.
    private static func bind(_ user: UserRecord, attributes: String, to statement: PreparedStatement) {
        statement.bind(user.pool, at: 1)
        statement.bind(user.username, at: 2)
        statement.bind(user.subject, at: 3)
        statement.bind(attributes, at: 4)
        statement.bind(user.status.rawValue, at: 5)
        statement.bind(user.salt, at: 6)
        statement.bind(user.verifier, at: 7)
        statement.bind(user.confirmationCode?.digest, at: 8)
        statement.bind(user.confirmationCode?.expiresAt.millisecondsSinceEpoch, at: 9)
        statement.bind(user.confirmationCode.map { Int64($0.failedAttempts) }, at: 10)
        statement.bind(user.modifiedAt.millisecondsSinceEpoch, at: 12)
        statement.bind(user.version, at: 13)
    }

    private static func encode(_ attributes: [String: String]) throws -> String {
        String(decoding: try JSONEncoder().encode(attributes), as: UTF8.self)
    }

    private static func decode(_ attributes: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(attributes.utf8))
    }
}
