public import ChatProtocol
import Crypto
import HTTPTypes

/// Signs requests with AWS Signature Version 4, in the `Authorization` header.
///
/// For every service but S3, whose paths are encoded otherwise. Copies share one cached signing key.
///
/// Source: AWS IAM User Guide, "AWS Signature Version 4 for API requests".
public struct SigV4Signer: Sendable {
    private let service: String
    private let region: String
    private let normalizesPath: Bool
    private let keys = SigningKeyCache()

    /// - Parameters:
    ///   - service: the name that goes into the signature, as `execute-api` or `dynamodb`.
    ///   - region: as `eu-central-1`.
    public init(service: String, region: String) {
        self.init(service: service, region: region, normalizesPath: true)
    }

    init(service: String, region: String, normalizesPath: Bool) {
        self.service = service
        self.region = region
        self.normalizesPath = normalizesPath
    }

    /// Headers that proxies and HTTP clients add or change, so a signature that covered them would break on the way.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "host", "te", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// Adds `X-Amz-Date`, with a session token `X-Amz-Security-Token`, and `Authorization`, each in place of one that is there.
    ///
    /// - Parameter time: the wall clock's. A service refuses what is minutes away from its own.
    public func sign(_ request: inout AWSHTTPRequest, credentials: AWSCredentials, at time: Timestamp) {
        let date = SigningScope.basicFormat(time)
        request.headers[.amzDate] = date
        request.headers[.amzSecurityToken] = credentials.sessionToken
        request.headers[.authorization] = nil
        var names = Set(request.headers.lazy.map(\.name.canonicalName))
        names.subtract(Self.unsigned)
        names.insert("host")
        let signedHeaders = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }

        let scope = SigningScope(day: String(date.prefix(8)), region: self.region, service: self.service)
        let canonical = CanonicalRequest(request, signedHeaders: signedHeaders, normalizesPath: self.normalizesPath)
        let key = self.keys.key(scope: scope, secret: credentials.secretAccessKey)
        let signature = HMAC<SHA256>.authenticationCode(for: scope.stringToSign(date: date, canonicalRequest: canonical), using: key)
        request.headers[.authorization] =
            "\(SigningScope.algorithm) Credential=\(credentials.accessKeyId)/\(scope.text), "
            + "SignedHeaders=\(signedHeaders.joined(separator: ";")), "
            + "Signature=\(Hexadecimal.encode(signature))"
    }
}

extension HTTPField.Name {
    static let amzDate = Self("X-Amz-Date")!
    static let amzSecurityToken = Self("X-Amz-Security-Token")!
}
