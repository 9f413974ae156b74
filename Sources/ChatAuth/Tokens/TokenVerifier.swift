public import ChatProtocol
public import ChatStore
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies the tokens of one issuer as Cognito's documentation asks: `alg`, `kid`, signature, `iss`, `aud` or `client_id`,
/// `token_use`, `exp`.
///
/// Whether a token was revoked is not seen here: it holds until it expires, as it does everywhere that verifies locally.
///
/// Source: Amazon Cognito Developer Guide, "Verifying JSON web tokens".
public struct TokenVerifier: Sendable {
    /// What a token has to say.
    public struct Configuration: Sendable {
        /// `iss`, exactly.
        public var issuer: String
        /// The applications whose tokens are accepted.
        public var clientIds: Set<String>
        /// The kinds of token that are accepted. Default: access tokens, which are the ones made for a service.
        public var tokenUses: Set<TokenUse> = [.access]
        /// How far clocks may be apart. Default 0.
        public var leeway: Duration = .zero
        /// The longest token that is looked at, in bytes. Default 8,192. Stops work on what cannot be a token.
        public var maximumTokenBytes = 8192

        public init(issuer: String, clientIds: Set<String>) {
            self.issuer = issuer
            self.clientIds = clientIds
        }
    }

    public let configuration: Configuration
    private let keys: any TokenKeySource
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - keys: where the issuer's public keys come from: ``StaticTokenKeys`` or ``RemoteTokenKeys``.
    ///   - now: the clock. Default: the system's.
    public init(
        configuration: Configuration, keys: any TokenKeySource, now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.configuration = configuration
        self.keys = keys
        self.now = now
    }

    /// Says who a token is for.
    ///
    /// - Throws: ``TokenError``.
    public func verify(_ token: String) async throws(TokenError) -> VerifiedToken {
        guard !token.isEmpty else { throw .missing }
        guard token.utf8.count <= self.configuration.maximumTokenBytes else { throw .tooLong }
        let key = try await self.key(for: token)
        let claims = try await key.verifiedClaims(of: token)
        return try self.check(claims)
    }

    /// The header decides nothing but which of the issuer's keys is asked; the algorithm is the verifier's choice, not the token's.
    private func key(for token: String) async throws(TokenError) -> TokenKey {
        struct Header: Decodable {
            var alg: String?
            var kid: String?
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let json = Base64URL.decode(parts[0]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(json))
        else { throw .malformed }
        guard header.alg == "RS256" else { throw .algorithm }
        guard let keyId = header.kid else { throw .unknownKey }
        guard let key = try await self.keys.key(id: keyId) else { throw .unknownKey }
        return key
    }

    private func check(_ claims: UntrustedClaims) throws(TokenError) -> VerifiedToken {
        guard let issuer = claims.iss, let use = claims.token_use, let expiry = claims.exp, let subject = claims.sub, !subject.isEmpty
        else {
            throw .malformed
        }
        guard issuer == self.configuration.issuer else { throw .issuer }
        guard self.configuration.tokenUses.contains(use) else { throw .tokenUse }
        let application = use == .access ? [claims.client_id].compactMap { $0 } : claims.aud?.values ?? []
        guard let clientId = application.first(where: { self.configuration.clientIds.contains($0) }) else { throw .audience }

        let leeway = Double(self.configuration.leeway.components.seconds)
        let now = Double(self.now().millisecondsSinceEpoch) / 1000
        guard expiry.isFinite, abs(expiry) < 1e15 else { throw .malformed }
        guard expiry + leeway > now else { throw .expired }
        if let notBefore = claims.nbf, notBefore - leeway > now { throw .notYetValid }
        return VerifiedToken(
            subject: subject,
            username: claims.username ?? claims.cognitoUsername ?? subject,
            tokenUse: use,
            clientId: clientId,
            expiresAt: Timestamp(millisecondsSinceEpoch: Int64(expiry * 1000)))
    }
}
