import JWTKit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The public keys of an issuer, as `/.well-known/jwks.json` gives them (RFC 7517 section 5).
public struct JSONWebKeySet: Codable, Sendable, Hashable {
    /// One RSA key.
    public struct Key: Codable, Sendable, Hashable {
        public var alg: String?
        public var e: String?
        public var kid: String?
        public var kty: String
        public var n: String?
        public var use: String?
    }

    public var keys: [Key]

    /// The document, ready to be served.
    public func encoded() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)) ?? Data("{\"keys\":[]}".utf8)
    }

    /// The keys that verify RS256; others are passed over, as RFC 7517 asks.
    func tokenKeys() async -> [String: TokenKey] {
        var keys: [String: TokenKey] = [:]
        for key in self.keys where key.kty == "RSA" && (key.alg ?? "RS256") == "RS256" && (key.use ?? "sig") == "sig" {
            guard let id = key.kid, let modulus = key.n, let exponent = key.e,
                let publicKey = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { continue }
            keys[id] = await TokenKey(id: id, publicKey: publicKey)
        }
        return keys
    }
}
