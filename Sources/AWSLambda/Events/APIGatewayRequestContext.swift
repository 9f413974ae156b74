/// What API Gateway knows about the connection and the event at hand.
///
/// The members that AWS always sends but that nobody can do without are required; the rest is optional, because what imitates
/// API Gateway often leaves it out.
public struct APIGatewayRequestContext: Codable, Sendable, Equatable {
    /// What happened to a connection. An open set: compare with the members that are known.
    public struct EventType: RawRepresentable, Codable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let connect = Self(rawValue: "CONNECT")
        public static let message = Self(rawValue: "MESSAGE")
        public static let disconnect = Self(rawValue: "DISCONNECT")
    }

    /// Where the connection comes from.
    public struct Identity: Codable, Sendable, Equatable {
        /// The client's address.
        public var sourceIp: String?
        /// The upgrade's `User-Agent`, if it had one.
        public var userAgent: String?

        public init(sourceIp: String? = nil, userAgent: String? = nil) {
            self.sourceIp = sourceIp
            self.userAgent = userAgent
        }
    }

    /// The route that was selected: `$connect`, `$disconnect`, `$default` or a key of the API's own.
    public var routeKey: String
    /// The message's id, for a message alone.
    public var messageId: String?
    public var eventType: EventType
    /// The same as ``requestId``.
    public var extendedRequestId: String?
    /// As in a common log: `29/Nov/2023:08:04:01 +0000`.
    public var requestTime: String?
    /// `IN`, as every event that reaches a function.
    public var messageDirection: String?
    public var stage: String
    /// When the connection was made, in milliseconds since the epoch.
    public var connectedAt: Int64?
    /// When this event came, in milliseconds since the epoch.
    public var requestTimeEpoch: Int64?
    public var identity: Identity?
    public var requestId: String
    /// The host that the client connected to; with ``stage`` it makes the URL of `@connections`.
    public var domainName: String
    public var connectionId: String
    public var apiId: String
    /// What the authorizer said at `$connect`, repeated on every event of the connection.
    public var authorizer: APIGatewayAuthorizerContext?
    /// The close code, on `$disconnect` alone; 1005 if the client gave none.
    public var disconnectStatusCode: Int?
    /// The close reason, on `$disconnect` alone.
    public var disconnectReason: String?

    public init(
        routeKey: String, eventType: EventType, stage: String, requestId: String, domainName: String, connectionId: String, apiId: String,
        messageId: String? = nil, extendedRequestId: String? = nil, requestTime: String? = nil, messageDirection: String? = nil,
        connectedAt: Int64? = nil, requestTimeEpoch: Int64? = nil, identity: Identity? = nil,
        authorizer: APIGatewayAuthorizerContext? = nil, disconnectStatusCode: Int? = nil, disconnectReason: String? = nil
    ) {
        self.routeKey = routeKey
        self.messageId = messageId
        self.eventType = eventType
        self.extendedRequestId = extendedRequestId
        self.requestTime = requestTime
        self.messageDirection = messageDirection
        self.stage = stage
        self.connectedAt = connectedAt
        self.requestTimeEpoch = requestTimeEpoch
        self.identity = identity
        self.requestId = requestId
        self.domainName = domainName
        self.connectionId = connectionId
        self.apiId = apiId
        self.authorizer = authorizer
        self.disconnectStatusCode = disconnectStatusCode
        self.disconnectReason = disconnectReason
    }
}
