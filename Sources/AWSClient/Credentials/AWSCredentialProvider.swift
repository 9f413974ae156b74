/// A source of credentials.
public protocol AWSCredentialProvider: Sendable {
    /// - Throws: ``AWSError`` with `notConfigured` if nothing says that it should have any, `credentialsUnavailable` if it cannot get
    ///   them, `invalidConfiguration` if its settings contradict themselves or cannot be read; `CancellationError`.
    func credentials() async throws -> AWSCredentials
}

/// Credentials that are known from the start.
public struct StaticAWSCredentials: AWSCredentialProvider {
    private let value: AWSCredentials

    public init(_ value: AWSCredentials) {
        self.value = value
    }

    public func credentials() -> AWSCredentials { self.value }
}
