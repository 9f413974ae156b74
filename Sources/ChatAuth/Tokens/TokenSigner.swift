import ChatProtocol
import ChatStore
import Crypto
import CryptoExtras
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs a pool's tokens with its private key, and knows the public half.
struct TokenSigner: Sendable {
    let keyId: String
    let keySet: JSONWebKeySet
    private let collection: JWTKeyCollection

    init(_ record: SigningKeyRecord) async throws {
        let key = try Insecure.RSA.PrivateKey(pem: record.privateKeyPEM)
        let primitives = try key.publicKey.getKeyPrimitives()
        self.keyId = record.keyId
        self.keySet = JSONWebKeySet(keys: [
            JSONWebKeySet.Key(
                alg: "RS256", e: Base64URL.encode(primitives.publicExponent), kid: record.keyId, kty: "RSA",
                n: Base64URL.encode(primitives.modulus), use: "sig")
        ])
        self.collection = await JWTKeyCollection()
            .add(rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: record.keyId))
    }

    func sign(_ claims: TokenClaims) async throws -> String {
        try await self.collection.sign(claims, kid: JWKIdentifier(string: self.keyId))
    }

    /// A new key pair for a pool: RSA with 2,048 bits, as Cognito's.
    static func makeKey(pool: String, now: Timestamp) throws -> SigningKeyRecord {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let keyId = Base64URL.encode(SHA256.hash(data: key.publicKey.derRepresentation))
        return SigningKeyRecord(pool: pool, keyId: keyId, privateKeyPEM: key.pemRepresentation, createdAt: now)
    }
}
