/// Why a token is not accepted.
///
/// It goes to logs and metrics. A client is told only that it is not authorised.
public struct TokenError: Error, Sendable, Hashable, CustomStringConvertible {
    private enum Value: String, Sendable {
        case missing, tooLong, malformed, algorithm, unknownKey, signature, issuer, audience, tokenUse, expired, notYetValid,
            keysUnavailable
    }

    private let value: Value

    /// There is no token.
    public static let missing = Self(value: .missing)
    /// It is longer than any that a pool makes.
    public static let tooLong = Self(value: .tooLong)
    /// It is not three parts of Base64 with JSON in them, or lacks a claim.
    public static let malformed = Self(value: .malformed)
    /// `alg` is not RS256. `none`, and an HMAC keyed with the public key, end here.
    public static let algorithm = Self(value: .algorithm)
    /// `kid` names no key of the issuer.
    public static let unknownKey = Self(value: .unknownKey)
    /// The signature is not the key's.
    public static let signature = Self(value: .signature)
    /// `iss` is another issuer.
    public static let issuer = Self(value: .issuer)
    /// `aud` or `client_id` is another application.
    public static let audience = Self(value: .audience)
    /// `token_use` is not one that is accepted here.
    public static let tokenUse = Self(value: .tokenUse)
    /// `exp` has passed.
    public static let expired = Self(value: .expired)
    /// `nbf` has not come.
    public static let notYetValid = Self(value: .notYetValid)
    /// The issuer's keys could not be had. The token may be good.
    public static let keysUnavailable = Self(value: .keysUnavailable)

    /// One word, from a closed list: fit for a metric's label.
    public var shortDescription: String { self.value.rawValue }
    public var description: String { "The token is not accepted: \(self.value.rawValue)." }
}
