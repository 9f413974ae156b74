/// What a client invokes on API Gateway, as IAM names it:
/// `arn:PARTITION:execute-api:REGION:ACCOUNT:API/STAGE/ROUTE` for a route of a WebSocket API, and
/// `…/STAGE/METHOD/@connections/ID` for the management of connections.
public struct ExecuteAPIARN: Sendable, Equatable, CustomStringConvertible {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    public var partition: String
    public var region: String
    /// Twelve digits.
    public var accountId: String
    public var apiId: String
    public var stage: String
    /// What follows the stage: a route key, or `POST/@connections/ID`.
    public var resource: String

    public init(partition: String = "aws", region: String, accountId: String, apiId: String, stage: String, resource: String) {
        self.partition = partition
        self.region = region
        self.accountId = accountId
        self.apiId = apiId
        self.stage = stage
        self.resource = resource
    }

    /// Reads a `methodArn`; `nil` if it is none of `execute-api`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "execute-api", !parts[1].isEmpty else { return nil }
        let path = parts[5].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard path.count == 3, !path[0].isEmpty, !path[1].isEmpty, !path[2].isEmpty else { return nil }
        self.init(
            partition: String(parts[1]), region: String(parts[3]), accountId: String(parts[4]), apiId: String(path[0]),
            stage: String(path[1]), resource: String(path[2]))
    }

    public var description: String {
        "arn:\(self.partition):execute-api:\(self.region):\(self.accountId):\(self.apiId)/\(self.stage)/\(self.resource)"
    }

    /// The same API and stage, another route: `$connect`, `sendMessage`.
    public func route(_ key: String) -> Self { self.with(resource: key) }

    /// Every route of the stage. The REST pattern `STAGE/*/*` would not match a route of a WebSocket API, which has no method.
    public var everyRoute: Self { self.with(resource: "*") }

    /// A connection of the same stage, as who manages it must be allowed.
    /// - Parameters:
    ///   - method: `POST`, `GET`, `DELETE` or `*`.
    ///   - connectionId: The connection, or `*`.
    public func connections(method: String, connectionId: String) -> Self {
        self.with(resource: "\(method)/@connections/\(connectionId)")
    }

    private func with(resource: String) -> Self {
        var copy = self
        copy.resource = resource
        return copy
    }
}
