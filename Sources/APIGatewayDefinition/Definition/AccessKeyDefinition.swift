/// A local access key: who signs calls of `@connections`, and what they may do.
public struct AccessKeyDefinition: Sendable, Equatable {
    /// 16 to 128 of `A-Z a-z 0-9 _`.
    public var accessKeyId: String

    /// 16 to 128 printable ASCII characters. It reaches no log and no description.
    public var secretAccessKey: String

    /// What the key may do. With no statement, nothing.
    public var policy: PolicyDocument

    public init(accessKeyId: String, secretAccessKey: String, policy: PolicyDocument) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.policy = policy
    }
}

extension AccessKeyDefinition: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id, without the secret.
    public var description: String { "AccessKeyDefinition(accessKeyId: \(self.accessKeyId), secretAccessKey: <redacted>)" }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyId": self.accessKeyId, "policy": self.policy]) }
}
