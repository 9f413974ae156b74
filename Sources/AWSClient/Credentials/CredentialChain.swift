/// Several sources of credentials, asked in turn until one is configured.
public struct CredentialChain: AWSCredentialProvider {
    private let sources: [any AWSCredentialProvider]

    public init(_ sources: [any AWSCredentialProvider]) {
        self.sources = sources
    }

    /// What the SDKs look for in an environment, in their order: access keys, web identity, container. Profiles in files, single
    /// sign-on and the metadata of an EC2 instance are not looked for.
    ///
    /// The result caches: share one in the process.
    public static func standard(
        environment: [String: String], http: any AWSHTTPClient = AsyncAWSHTTPClient()
    ) -> CachedCredentials {
        CachedCredentials(
            CredentialChain([
                EnvironmentCredentials(environment: environment), WebIdentityCredentials(environment: environment, http: http),
                ContainerCredentials(environment: environment, http: http),
            ]))
    }

    /// - Throws: what the first source throws that is configured: the search ends there, so that nobody works under another identity
    ///   unawares. ``AWSError`` with `credentialsUnavailable` if none is.
    public func credentials() async throws -> AWSCredentials {
        for source in self.sources {
            do {
                return try await source.credentials()
            } catch let error as AWSError where error.code == .notConfigured {
                continue
            }
        }
        throw AWSError(.credentialsUnavailable, "no source of credentials is configured")
    }
}
