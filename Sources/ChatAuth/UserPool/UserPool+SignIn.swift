import ChatProtocol
public import ChatStore
import Crypto
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UserPool {
    /// The first half of a sign-in: the client's A for salt, B and a block to sign.
    ///
    /// A name that nobody has gets a challenge too, and fails at the proof, as Cognito does with `PreventUserExistenceErrors`.
    ///
    /// - Throws: ``UserPoolError`` with `invalidParameter` or `resourceNotFound`.
    public func startSignIn(clientId: String, username: String, clientPublicValue: String) async throws -> PasswordChallenge {
        try self.requireClient(clientId)
        let name = try self.canonical(username)
        let clientPublic: [UInt8]
        do {
            clientPublic = try SRPServer.readClientPublicValue(clientPublicValue)
        } catch {
            throw UserPoolError(.invalidParameter, "SRP_A is not a public value: \(error).")
        }
        let (user, credentials) = try await self.credentials(of: name)
        let server = SRPServer(verifier: credentials.verifier)
        let block = try self.sealer.seal(
            ChallengeSealer.Challenge(
                username: name, clientId: clientId, isReal: user != nil, clientPublic: clientPublic, serverSecret: server.secretBytes,
                expiresAt: (self.now() + self.configuration.challengeLifetime).millisecondsSinceEpoch))
        return PasswordChallenge(
            userId: name, salt: credentials.hexadecimalSalt, serverPublicValue: server.publicValue, secretBlock: block)
    }

    /// The second half of a sign-in: the proof for tokens.
    ///
    /// - Throws: ``UserPoolError`` with `notAuthorized` (wrong password, no such user, a challenge that is old, used or not ours, or
    ///   too many failures) or `userNotConfirmed`.
    public func finishSignIn(
        clientId: String, username: String, secretBlock: [UInt8], timestamp: String, signature: [UInt8]
    ) async throws -> TokenSet {
        try self.requireClient(clientId)
        guard let challenge = self.sealer.open(secretBlock, now: self.now()), challenge.clientId == clientId,
            challenge.username == (try? self.canonical(username)), timestamp.utf8.count <= 64
        else { throw UserPoolError.wrongCredentials }
        let name = challenge.username
        guard self.throttle.withLock({ !$0.isLocked(name, now: self.now()) }) else {
            throw UserPoolError(.notAuthorized, "Password attempts exceeded")
        }
        let (user, credentials) = try await self.credentials(of: name)
        let server = SRPServer(verifier: credentials.verifier, secret: challenge.serverSecret)
        let isValid = try? server.isValid(
            signature: signature, clientPublic: challenge.clientPublic, poolName: self.configuration.poolName, userId: name,
            secretBlock: secretBlock, timestamp: timestamp)
        let isProven = isValid == true && challenge.isReal && user != nil
        // Asked once more, in one step with the record of the outcome: guesses that are made at once all came past the first question.
        let isLocked = self.throttle.withLock { throttle in
            let now = self.now()
            guard !throttle.isLocked(name, now: now) else { return true }
            if isProven { throttle.recordSuccess(name) } else { throttle.recordFailure(name, now: now) }
            return false
        }
        guard !isLocked else { throw UserPoolError(.notAuthorized, "Password attempts exceeded") }
        guard isProven, let user else { throw UserPoolError.wrongCredentials }
        guard user.status == .confirmed else { throw UserPoolError(.userNotConfirmed, "User is not confirmed.") }
        return try await self.issueTokens(for: user, clientId: clientId)
    }

    /// New ID and access tokens for a refresh token, which stays valid.
    ///
    /// - Throws: ``UserPoolError`` with `notAuthorized` or `resourceNotFound`.
    public func refresh(clientId: String, refreshToken: String) async throws -> TokenSet {
        try self.requireClient(clientId)
        let digest = Self.digest(refreshToken)
        guard let record = try await self.users.refreshToken(digest: digest), record.expiresAt > self.now(),
            record.clientId == clientId, record.pool == self.configuration.poolId,
            let user = try await self.users.user(pool: record.pool, username: record.username), user.status == .confirmed
        else { throw UserPoolError(.notAuthorized, "Invalid Refresh Token") }
        return try await self.tokens(
            for: user, clientId: clientId, authenticatedAt: record.authenticatedAt, originId: record.originId, refreshToken: nil)
    }

    /// The user whom an access token was made for.
    ///
    /// - Throws: ``UserPoolError`` with `notAuthorized`.
    public func user(accessToken: String) async throws -> UserRecord {
        let token: VerifiedToken
        do {
            token = try await self.verifier.verify(accessToken)
        } catch TokenError.expired {
            throw UserPoolError(.notAuthorized, "Access Token has expired")
        } catch {
            throw UserPoolError(.notAuthorized, "Invalid Access Token")
        }
        guard let user = try await self.users.user(pool: self.configuration.poolId, username: token.username),
            user.subject == token.subject
        else { throw UserPoolError(.userNotFound, "User does not exist.") }
        return user
    }

    private func issueTokens(for user: UserRecord, clientId: String) async throws -> TokenSet {
        let refreshToken = Self.randomToken()
        let now = self.now()
        let originId = UUID().uuidString.lowercased()
        try await self.users.insert(
            RefreshTokenRecord(
                digest: Self.digest(refreshToken), pool: user.pool, clientId: clientId, username: user.username,
                authenticatedAt: now, originId: originId, expiresAt: now + self.configuration.refreshTokenLifetime))
        return try await self.tokens(
            for: user, clientId: clientId, authenticatedAt: now, originId: originId, refreshToken: refreshToken)
    }

    private func tokens(
        for user: UserRecord, clientId: String, authenticatedAt: Timestamp, originId: String, refreshToken: String?
    ) async throws -> TokenSet {
        let now = self.now().millisecondsSinceEpoch / 1000
        let lifetime = self.configuration.tokenLifetime.components.seconds
        func claims(_ use: TokenUse) -> TokenClaims {
            TokenClaims(
                sub: user.subject, iss: self.configuration.issuer, token_use: use, exp: now + lifetime, iat: now,
                auth_time: authenticatedAt.millisecondsSinceEpoch / 1000, jti: UUID().uuidString.lowercased(), origin_jti: originId,
                event_id: UUID().uuidString.lowercased())
        }
        var id = claims(.id)
        id.aud = clientId
        id.cognitoUsername = user.username
        id.email = user.attributes["email"]
        id.email_verified = user.attributes["email"] == nil ? nil : user.attributes["email_verified"] == "true"
        id.name = user.attributes["name"]
        var access = claims(.access)
        access.client_id = clientId
        access.username = user.username
        access.scope = "aws.cognito.signin.user.admin"
        return TokenSet(
            idToken: try await self.signer.sign(id), accessToken: try await self.signer.sign(access), refreshToken: refreshToken,
            expiresIn: .seconds(lifetime))
    }

    /// A user, if there is one, and the credentials to answer with. Made-up ones are computed either way, so that time does not tell.
    private func credentials(of name: String) async throws -> (user: UserRecord?, credentials: SRPVerifier) {
        let madeUp = self.absentUser(name)
        let user = try await self.users.user(pool: self.configuration.poolId, username: name)
        return (user, user.map { SRPVerifier(salt: $0.salt, verifier: $0.verifier) } ?? madeUp)
    }

    /// Credentials for a name that nobody has: the same each time, and of no password that anybody knows.
    private func absentUser(_ name: String) -> SRPVerifier {
        let salt = Array(HMAC<SHA256>.authenticationCode(for: Array("salt:\(name)".utf8), using: self.absentUserKey)).prefix(16)
        let password = Hexadecimal.encode(HMAC<SHA256>.authenticationCode(for: Array("password:\(name)".utf8), using: self.absentUserKey))
        return SRPVerifier.make(poolName: self.configuration.poolName, userId: name, password: password, salt: Array(salt))
    }

    private static func digest(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(token.utf8)))
    }

    private static func randomToken() -> String {
        SymmetricKey(size: .init(bitCount: 512)).withUnsafeBytes { Base64URL.encode($0) }
    }
}

/// What a client has to answer with a proof of its password.
public struct PasswordChallenge: Sendable, Hashable {
    /// `USER_ID_FOR_SRP`.
    public var userId: String
    /// `SALT`, hexadecimal, without leading zero bytes.
    public var salt: String
    /// `SRP_B`, hexadecimal.
    public var serverPublicValue: String
    public var secretBlock: [UInt8]
}

/// The tokens of a signed-in user. Secrets: not described, not logged.
public struct TokenSet: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public var idToken: String
    public var accessToken: String
    /// Nil where tokens were refreshed: the refresh token stays the same.
    public var refreshToken: String?
    /// How long the ID and the access token hold, from when they were made.
    public var expiresIn: Duration

    public init(idToken: String, accessToken: String, refreshToken: String?, expiresIn: Duration) {
        self.idToken = idToken
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresIn = expiresIn
    }

    public var description: String { "TokenSet(expiresIn: \(self.expiresIn))" }
    public var customMirror: Mirror { Mirror(self, children: ["expiresIn": self.expiresIn]) }
}
