import ChatProtocol
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Credentials of an ECS task, or of an EKS pod by Pod Identity, from the address that the environment names.
public struct ContainerCredentials: AWSCredentialProvider {
    private let environment: [String: String]
    private let http: any AWSHTTPClient
    private let surroundings: AWSClient.Surroundings

    /// - Parameter environment: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `_FULL_URI`, and where a token is asked for
    ///   `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, which is read anew each time, or `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    public init(environment: [String: String], http: any AWSHTTPClient = AsyncAWSHTTPClient()) {
        self.init(environment: environment, http: http, surroundings: AWSClient.Surroundings())
    }

    package init(environment: [String: String], http: any AWSHTTPClient, surroundings: AWSClient.Surroundings) {
        self.environment = environment
        self.http = http
        self.surroundings = surroundings
    }

    public func credentials() async throws -> AWSCredentials {
        guard let endpoint = try ContainerEndpoint.resolve(environment: self.environment) else {
            throw AWSError(.notConfigured, "no AWS_CONTAINER_CREDENTIALS_ variable is set")
        }
        var request = AWSHTTPRequest(
            method: .get, scheme: endpoint.scheme, host: endpoint.host, path: endpoint.path, query: endpoint.query,
            headers: [.accept: "application/json"])
        request.headers[.authorization] = try self.token()
        let response = try await CredentialExchange(http: self.http, surroundings: self.surroundings).send(request)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)), !answer.accessKeyId.isEmpty,
            !answer.secretAccessKey.isEmpty
        else { throw AWSError(.credentialsUnavailable, "the container's answer has no credentials", status: response.status) }
        let expiresAt = answer.expiration.flatMap(Timestamp.init)
        guard answer.expiration == nil || expiresAt != nil else {
            throw AWSError(.credentialsUnavailable, "the container's answer has an expiration that is no date", status: response.status)
        }
        return AWSCredentials(
            accessKeyId: answer.accessKeyId, secretAccessKey: answer.secretAccessKey, sessionToken: answer.token, expiresAt: expiresAt)
    }

    private func token() throws(AWSError) -> String? {
        let file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
        if let path = self.environment.nonEmpty(file) { return try CredentialFile.text(path: path, source: file) }
        let variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        guard let token = self.environment.nonEmpty(variable) else { return nil }
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw AWSError(.invalidConfiguration, "\(variable) has characters that no header has")
        }
        return token
    }

    private struct Answer: Decodable {
        var accessKeyId: String
        var secretAccessKey: String
        var token: String?
        var expiration: String?

        private enum CodingKeys: String, CodingKey {
            case accessKeyId = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }
}
