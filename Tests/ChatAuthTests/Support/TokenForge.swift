import ChatStore
import Crypto
import CryptoExtras
import Foundation

@testable import ChatAuth

/// Makes tokens part by part, right ones and others, without the code that is tested.
struct TokenForge: Sendable {
    static let issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Test"
    /// Keys take long to make; one is enough for most tests.
    static let shared = TokenForge()

    let record: SigningKeyRecord
    private let key: _RSA.Signing.PrivateKey

    init() {
        do {
            self.record = try TokenSigner.makeKey(pool: "eu-central-1_Test", now: .now())
            self.key = try _RSA.Signing.PrivateKey(pemRepresentation: self.record.privateKeyPEM)
        } catch {
            fatalError("No key can be made: \(error)")
        }
    }

    var keyId: String { self.record.keyId }
    var publicKeyPEM: String { self.key.publicKey.pemRepresentation }

    func keySet() async throws -> JSONWebKeySet { try await TokenSigner(self.record).keySet }

    /// An access token that is right for an hour from `ManualClock`'s start, but for what `change` does to its claims.
    func accessToken(header: String? = nil, _ change: (inout [String: Any]) -> Void = { _ in }) throws -> String {
        var claims: [String: Any] = [
            "sub": "sub-1", "iss": Self.issuer, "token_use": "access", "client_id": "client-1", "username": "alice",
            "exp": 1_795_507_200, "iat": 1_795_503_600, "jti": "j", "origin_jti": "o", "auth_time": 1_795_503_600,
        ]
        change(&claims)
        return try self.token(header: header, claims: claims)
    }

    func idToken(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> String {
        try self.accessToken { claims in
            claims["token_use"] = "id"
            claims["aud"] = "client-1"
            claims["cognito:username"] = "alice"
            for name in ["client_id", "username"] { claims[name] = nil }
            change(&claims)
        }
    }

    func token(header: String? = nil, claims: [String: Any]) throws -> String {
        try self.sign(header: header, payload: Array(JSONSerialization.data(withJSONObject: claims)))
    }

    func sign(header: String? = nil, payload: [UInt8]) throws -> String {
        let header = header ?? #"{"alg":"RS256","kid":"\#(self.keyId)"}"#
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        let signature = try self.key.signature(for: SHA256.hash(data: Data(signed.utf8)), padding: .insecurePKCS1v1_5)
        return signed + "." + Base64URL.encode(signature.rawRepresentation)
    }
}
