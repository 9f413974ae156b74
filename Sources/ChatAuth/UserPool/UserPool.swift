public import ChatProtocol
public import ChatStore
import Crypto
public import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A pool of users who sign up, confirm their address and sign in by SRP, as Amazon Cognito's user pools do.
///
/// This is the logic; ``UserPoolEndpoint`` speaks Cognito's wire protocol for it. A password reaches the pool once, in `SignUp`, where
/// Cognito's API sends it; what is kept of it is salt and verifier. Signing in never sends it.
public final class UserPool: Sendable {
    public let configuration: UserPoolConfiguration
    let users: any UserStore
    let delivery: any CodeDelivery
    let now: @Sendable () -> Timestamp
    let signer: TokenSigner
    let verifier: TokenVerifier
    let sealer = ChallengeSealer()
    let throttle = Mutex(SignInThrottle())
    let codes = Mutex(CodeThrottle())
    let logger: Logger
    /// Makes up the same salt and verifier for the same absent user each time.
    let absentUserKey = SymmetricKey(size: .bits256)

    /// Opens a pool, making its key pair if the store has none.
    ///
    /// - Parameters:
    ///   - delivery: brings confirmation codes to users.
    ///   - now: the clock. Default: the system's.
    /// - Throws: ``StoreError`` if the keys cannot be read or kept.
    public init(
        configuration: UserPoolConfiguration,
        users: any UserStore,
        keys: any KeyStore,
        delivery: any CodeDelivery,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp = { .now() }
    ) async throws {
        self.configuration = configuration
        self.users = users
        self.delivery = delivery
        self.logger = logger
        self.now = now
        var records = try await keys.signingKeys(pool: configuration.poolId)
        if records.isEmpty {
            records = try await keys.insertFirst(TokenSigner.makeKey(pool: configuration.poolId, now: now()))
        }
        guard let newest = records.first else { throw StoreError(.failed, "The pool has no key.") }
        self.signer = try await TokenSigner(newest)
        var keySet = self.signer.keySet
        for record in records.dropFirst() { keySet.keys += try await TokenSigner(record).keySet.keys }
        self.keySet = keySet
        let verification = TokenVerifier.Configuration(issuer: configuration.issuer, clientIds: configuration.clientIds)
        self.verifier = TokenVerifier(configuration: verification, keys: await StaticTokenKeys(keySet), now: now)
        try await users.removeExpiredRefreshTokens(now: now())
    }

    /// The public keys, for `/.well-known/jwks.json`.
    public let keySet: JSONWebKeySet

    /// Verifies this pool's access tokens without asking anybody.
    public var tokenVerifier: TokenVerifier { self.verifier }

    func requireClient(_ clientId: String) throws(UserPoolError) {
        guard self.configuration.clientIds.contains(clientId) else {
            throw UserPoolError(.resourceNotFound, "User pool client \(clientId.prefix(128)) does not exist.")
        }
    }

    /// Names are told apart without regard to case, as in Cognito's pools by default.
    func canonical(_ username: String) throws(UserPoolError) -> String {
        guard (1...128).contains(username.utf8.count),
            username.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.properties.generalCategory != .control })
        else { throw UserPoolError(.invalidParameter, "The username must have 1 to 128 bytes and no white space.") }
        return username.lowercased().inNormalizationFormC
    }
}
