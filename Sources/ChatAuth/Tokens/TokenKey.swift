import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A public key that verifies RS256 signatures.
public struct TokenKey: Sendable {
    public let id: String
    let publicKey: Insecure.RSA.PublicKey
    /// Holds this key alone: JWTKit falls back to a default key when it does not know a `kid`, and there must be none to fall to.
    private let collection: JWTKeyCollection

    init(id: String, publicKey: Insecure.RSA.PublicKey) async {
        self.id = id
        self.publicKey = publicKey
        self.collection = await JWTKeyCollection().add(rsa: publicKey, digestAlgorithm: .sha256, kid: JWKIdentifier(string: id))
    }

    func verifiedClaims(of token: String) async throws(TokenError) -> UntrustedClaims {
        do {
            return try await self.collection.verify(token, as: UntrustedClaims.self)
        } catch let error as JWTError where error.errorType == .signatureVerificationFailed {
            throw .signature
        } catch {
            throw .malformed
        }
    }
}
