/// Credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, which Lambda sets for every function.
public struct EnvironmentCredentials: AWSCredentialProvider {
    private let environment: [String: String]

    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// - Throws: ``AWSError`` with `notConfigured` if neither key is set, `invalidConfiguration` if only one is. Empty
    ///   variables count as absent.
    public func credentials() throws -> AWSCredentials {
        switch (self.environment.nonEmpty("AWS_ACCESS_KEY_ID"), self.environment.nonEmpty("AWS_SECRET_ACCESS_KEY")) {
        case (let id?, let secret?):
            return AWSCredentials(
                accessKeyId: id, secretAccessKey: secret, sessionToken: self.environment.nonEmpty("AWS_SESSION_TOKEN"))
        case (nil, nil): throw AWSError(.notConfigured, "AWS_ACCESS_KEY_ID is not set")
        case (_?, nil): throw AWSError(.invalidConfiguration, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
        case (nil, _?): throw AWSError(.invalidConfiguration, "AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not")
        }
    }
}

extension [String: String] {
    /// The value of a variable; an empty one counts as absent.
    func nonEmpty(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
