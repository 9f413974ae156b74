/// What an authorizer said about a connection, flat as the events carry it: `principalId` and `integrationLatency` beside the
/// authorizer's own values.
public struct APIGatewayAuthorizerContext: Codable, Sendable, Equatable {
    /// Who it is, in the authorizer's words.
    public var principalId: String?
    /// How long the authorizer took, in milliseconds.
    public var integrationLatency: Int64?
    /// The authorizer's own values. One named `principalId` or `integrationLatency` would be hidden, and is not sent.
    public var values: [String: APIGatewayContextValue]

    public init(principalId: String? = nil, integrationLatency: Int64? = nil, values: [String: APIGatewayContextValue] = [:]) {
        self.principalId = principalId
        self.integrationLatency = integrationLatency
        self.values = values
    }

    public subscript(_ name: String) -> APIGatewayContextValue? { self.values[name] }

    static let principalIdKey = "principalId"
    static let integrationLatencyKey = "integrationLatency"

    /// Values that are neither string, number nor Boolean are ignored.
    /// - Throws: `DecodingError`, if it is no object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: NameKey.self)
        self.values = [:]
        for key in container.allKeys {
            switch key.stringValue {
            case Self.principalIdKey: self.principalId = try container.decodeIfPresent(String.self, forKey: key)
            case Self.integrationLatencyKey: self.integrationLatency = try container.decodeIfPresent(Int64.self, forKey: key)
            default: self.values[key.stringValue] = try? container.decode(APIGatewayContextValue.self, forKey: key)
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: NameKey.self)
        try container.encodeIfPresent(self.principalId, forKey: NameKey(Self.principalIdKey))
        try container.encodeIfPresent(self.integrationLatency, forKey: NameKey(Self.integrationLatencyKey))
        for (name, value) in self.ownValues { try container.encode(value, forKey: NameKey(name)) }
    }

    /// The values that the two fixed members do not hide.
    var ownValues: [String: APIGatewayContextValue] {
        self.values.filter { $0.key != Self.principalIdKey && $0.key != Self.integrationLatencyKey }
    }
}

/// A member's name that is only known at run time.
struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { self.stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
