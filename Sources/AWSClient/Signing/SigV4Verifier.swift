public import ChatProtocol
import Crypto
import HTTPTypes

/// Checks the Signature Version 4 of requests that arrive, as AWS does, from what was received alone.
///
/// A signature is good for its host, method, path, query, body and the headers that it names, for a few minutes. That the same request
/// comes twice within them is not noticed: Signature Version 4 has no means against it. Nor are `.`, `..` and doubled slashes of the path, which are
/// resolved before it is signed: who routes by the path must resolve or refuse them too.
public struct SigV4Verifier: Sendable {
    private let service: String
    private let region: String
    private let maximumSkew: Duration

    /// - Parameters:
    ///   - service: as `execute-api`.
    ///   - region: as `eu-central-1`.
    ///   - maximumSkew: how far the client's clock may be off, either way. Default 5 minutes. What AWS allows a service is not documented.
    public init(service: String, region: String, maximumSkew: Duration = .seconds(300)) {
        self.service = service
        self.region = region
        self.maximumSkew = maximumSkew
    }

    /// Which key signed.
    ///
    /// A session token must be signed where there is one, and is then taken as it is;
    /// ``verify(_:at:credentials:)`` compares it.
    ///
    /// - Parameters:
    ///   - request: as received: path and query as they stood in the request line, all headers, the whole body.
    ///   - time: the wall clock's.
    ///   - secret: the secret of an access key id, nil if there is no such key.
    /// - Returns: the access key id.
    public func verify(
        _ request: AWSHTTPRequest, at time: Timestamp, secret: (_ accessKeyId: String) -> String?
    ) throws(SigV4Error) -> String {
        try self.verify(request, at: time, secret: secret) { _ in true }
    }

    /// As ``verify(_:at:secret:)``, and the session token must be the one that goes with the key, or absent if none does.
    public func verify(
        _ request: AWSHTTPRequest, at time: Timestamp, credentials: (_ accessKeyId: String) -> AWSCredentials?
    ) throws(SigV4Error) -> String {
        var found: AWSCredentials?
        return try self.verify(request, at: time) {
            found = credentials($0)
            return found?.secretAccessKey
        } acceptsToken: { token in
            Self.isEqual(token ?? "", found?.sessionToken ?? "")
        }
    }

    private func verify(
        _ request: AWSHTTPRequest, at time: Timestamp, secret: (String) -> String?, acceptsToken: (String?) -> Bool
    ) throws(SigV4Error) -> String {
        guard let text = try Self.single(.authorization, in: request) else {
            throw SigV4Error(.missingToken, "The request has no Authorization header.")
        }
        let header = try AuthorizationHeader(parsing: text)
        let date = try self.date(of: request, signedHeaders: header.signedHeaders)
        try self.check(header.scope, date: date)
        try Self.checkSignedHeaders(header.signedHeaders, of: request)
        try self.checkAge(date, at: time)

        // From here on all requests cost the same, so that time tells nobody which keys there are.
        let known = secret(header.accessKeyId)
        let canonical = CanonicalRequest(request, signedHeaders: header.signedHeaders)
        let toSign = header.scope.stringToSign(date: SigningScope.basicFormat(date), canonicalRequest: canonical)
        let key = header.scope.key(secret: known ?? Self.nobodysSecret)
        let signature = HMAC<SHA256>.authenticationCode(for: toSign, using: key)
        let isRight = Self.isEqual(Hexadecimal.encode(signature), header.signature)
        let hasRightToken = acceptsToken(request.headers[.amzSecurityToken])
        guard known != nil else { throw SigV4Error(.unknownKey, "The access key is not known.") }
        guard isRight else { throw SigV4Error(.mismatch, "The signature is not the one of this request and key.") }
        guard hasRightToken else { throw SigV4Error(.unknownKey, "The session token does not go with the access key.") }
        return header.accessKeyId
    }

    /// As long as a real one.
    private static let nobodysSecret = String(repeating: "x", count: 40)

    private func check(_ scope: SigningScope, date: Timestamp) throws(SigV4Error) {
        guard scope.day == SigningScope.basicFormat(date).prefix(8) else {
            throw SigV4Error(.invalidScope, "The day in Credential is not the day of the request's date.")
        }
        guard scope.region == self.region else { throw SigV4Error(.invalidScope, "Credential should be scoped to region \(self.region).") }
        guard scope.service == self.service else {
            throw SigV4Error(.invalidScope, "Credential should be scoped to service \(self.service).")
        }
    }

    private func checkAge(_ date: Timestamp, at time: Timestamp) throws(SigV4Error) {
        let age = Duration.milliseconds(time.millisecondsSinceEpoch - date.millisecondsSinceEpoch)
        guard age <= self.maximumSkew else {
            throw SigV4Error(
                .expired, "Signature expired: \(SigningScope.basicFormat(date)) is too long before \(SigningScope.basicFormat(time)).")
        }
        guard age >= .zero - self.maximumSkew else {
            throw SigV4Error(
                .notYetValid,
                "Signature not yet current: \(SigningScope.basicFormat(date)) is too long after \(SigningScope.basicFormat(time)).")
        }
    }
}
