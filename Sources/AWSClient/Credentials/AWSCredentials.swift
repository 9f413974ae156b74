public import ChatProtocol

/// Who a request comes from, and the secret that proves it. Neither secret nor session token shows in a description, a dump or a mirror.
public struct AWSCredentials: Sendable, Equatable {
    public var accessKeyId: String
    public var secretAccessKey: String
    /// Goes with temporary credentials; sent and signed as `X-Amz-Security-Token`.
    public var sessionToken: String?
    /// When they stop being valid; nil if nobody said.
    public var expiresAt: Timestamp?

    public init(accessKeyId: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Timestamp? = nil) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AWSCredentials(\(self.accessKeyId))" }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror {
        Mirror(self, children: ["accessKeyId": self.accessKeyId, "expiresAt": self.expiresAt?.description ?? "never"])
    }
}
