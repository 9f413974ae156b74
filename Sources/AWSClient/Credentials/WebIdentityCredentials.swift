import ChatProtocol
import HTTPTypes

/// Credentials of a role, in exchange for a token that an identity provider put in a file: IAM roles for service accounts on EKS.
///
/// Source: AWS STS API Reference, "AssumeRoleWithWebIdentity".
public struct WebIdentityCredentials: AWSCredentialProvider {
    private let environment: [String: String]
    private let http: any AWSHTTPClient
    private let surroundings: AWSClient.Surroundings

    /// - Parameter environment: `AWS_WEB_IDENTITY_TOKEN_FILE`, which is read anew each time, `AWS_ROLE_ARN`, and if wanted
    ///   `AWS_ROLE_SESSION_NAME`; the region and the endpoint of STS as for any service.
    public init(environment: [String: String], http: any AWSHTTPClient = AsyncAWSHTTPClient()) {
        self.init(environment: environment, http: http, surroundings: AWSClient.Surroundings())
    }

    package init(environment: [String: String], http: any AWSHTTPClient, surroundings: AWSClient.Surroundings) {
        self.environment = environment
        self.http = http
        self.surroundings = surroundings
    }

    public func credentials() async throws -> AWSCredentials {
        let variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
        guard let file = self.environment.nonEmpty(variable) else {
            throw AWSError(.notConfigured, "\(variable) is not set")
        }
        guard let role = self.environment.nonEmpty("AWS_ROLE_ARN") else {
            throw AWSError(.invalidConfiguration, "\(variable) is set, AWS_ROLE_ARN is not")
        }
        let region = try AWSRegion.resolve(environment: self.environment)
        let endpoint = try AWSEndpoint.resolve(service: "STS", region: region, environment: self.environment)
        let token = try CredentialFile.text(path: file, source: variable)
        // The token is the proof: this request is not signed.
        let request = AWSHTTPRequest(
            scheme: endpoint.scheme, host: endpoint.host, path: "\(endpoint.pathPrefix)/",
            headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8", .accept: "application/xml"],
            body: self.form(role: role, token: token))
        let response = try await CredentialExchange(http: self.http, surroundings: self.surroundings).send(request)
        return try WebIdentityAnswer.credentials(response.body)
    }

    private func form(role: String, token: String) -> [UInt8] {
        let session = self.environment.nonEmpty("AWS_ROLE_SESSION_NAME") ?? "chat-\(self.surroundings.now().millisecondsSinceEpoch)"
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role), ("RoleSessionName", session),
            ("WebIdentityToken", token),
        ]
        return Array(fields.map { "\($0)=\(AWSOperation.percentEncode($1))" }.joined(separator: "&").utf8)
    }
}
