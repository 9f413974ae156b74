import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The claims of Cognito's ID and access tokens, as they stand in the JSON. Times are in seconds since 1970.
struct TokenClaims: JWTPayload, Equatable {
    var sub: String
    var iss: String
    var token_use: TokenUse
    var exp: Int64
    var iat: Int64
    var auth_time: Int64
    var jti: String
    var origin_jti: String
    var event_id: String?
    /// ID tokens.
    var aud: String?
    var username: String?
    var cognitoUsername: String?
    var email: String?
    var email_verified: Bool?
    var name: String?
    /// Access tokens.
    var client_id: String?
    var scope: String?

    enum CodingKeys: String, CodingKey {
        case sub, iss, token_use, exp, iat, auth_time, jti, origin_jti, event_id, aud, username
        case cognitoUsername = "cognito:username"
        case email, email_verified, name, client_id, scope
    }

    /// Nothing: what has to hold depends on who asks, and ``TokenVerifier`` checks it.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// What a verifier needs of claims that somebody else may have written: few, and none assumed.
struct UntrustedClaims: JWTPayload {
    var sub: String?
    var iss: String?
    var token_use: TokenUse?
    /// A JSON number; RFC 7519 allows a fraction.
    var exp: Double?
    var nbf: Double?
    var aud: Audience?
    var client_id: String?
    var username: String?
    var cognitoUsername: String?
    var jti: String?

    enum CodingKeys: String, CodingKey {
        case sub, iss, token_use, exp, nbf, aud, client_id, username
        case cognitoUsername = "cognito:username"
        case jti
    }

    /// One string or several (RFC 7519 section 4.1.3).
    struct Audience: Codable {
        var values: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self.values = try (try? [container.decode(String.self)]) ?? container.decode([String].self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self.values)
        }
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
