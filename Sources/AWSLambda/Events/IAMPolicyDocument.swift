/// An IAM policy, as far as an authorizer states one: effects on actions and resources.
public struct IAMPolicyDocument: Codable, Sendable, Equatable {
    /// The policy language's version, `2012-10-17`.
    public var version: String
    public var statements: [IAMPolicyStatement]

    public init(version: String = "2012-10-17", statements: [IAMPolicyStatement]) {
        self.version = version
        self.statements = statements
    }

    /// One statement on `execute-api:Invoke`.
    public static func invoke(_ effect: IAMPolicyStatement.Effect, _ resources: String...) -> Self {
        Self(statements: [IAMPolicyStatement(effect: effect, actions: ["execute-api:Invoke"], resources: resources)])
    }

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    /// - Throws: `DecodingError`, if there is no statement or one that ``IAMPolicyStatement`` refuses.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.version = try container.decodeIfPresent(String.self, forKey: .version) ?? "2012-10-17"
        self.statements = try container.decode(OneOrMany<IAMPolicyStatement>.self, forKey: .statements).values
    }
}

/// One statement of a policy.
public struct IAMPolicyStatement: Codable, Sendable, Equatable {
    public enum Effect: String, Codable, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    public var sid: String?
    public var effect: Effect
    /// Such as `execute-api:Invoke`; `*` and `?` are wildcards.
    public var actions: [String]
    /// ARNs; `*` and `?` are wildcards.
    public var resources: [String]

    public init(sid: String? = nil, effect: Effect, actions: [String], resources: [String]) {
        self.sid = sid
        self.effect = effect
        self.actions = actions
        self.resources = resources
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sid = "Sid"
        case effect = "Effect"
        case action = "Action"
        case resource = "Resource"
        case notAction = "NotAction"
        case notResource = "NotResource"
        case condition = "Condition"
        case principal = "Principal"
        case notPrincipal = "NotPrincipal"
    }

    /// Reads a statement whose actions and resources are each a string or a list.
    /// - Throws: `DecodingError`, also for an element that would change the meaning and is not carried here (`NotAction`,
    ///   `NotResource`, `Condition`, `Principal`, `NotPrincipal`): to ignore one could allow what the policy forbids.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in [CodingKeys.notAction, .notResource, .condition, .principal, .notPrincipal] where container.contains(key) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "\(key.stringValue) is not supported in an authorizer's policy")
        }
        self.sid = try container.decodeIfPresent(String.self, forKey: .sid)
        self.effect = try container.decode(Effect.self, forKey: .effect)
        self.actions = try container.decode(OneOrMany<String>.self, forKey: .action).values
        self.resources = try container.decode(OneOrMany<String>.self, forKey: .resource).values
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(self.sid, forKey: .sid)
        try container.encode(self.effect, forKey: .effect)
        try container.encode(OneOrMany(self.actions), forKey: .action)
        try container.encode(OneOrMany(self.resources), forKey: .resource)
    }
}

/// A list that may stand as its one element.
struct OneOrMany<Element: Codable>: Codable {
    let values: [Element]

    init(_ values: [Element]) { self.values = values }

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            var values: [Element] = []
            while !list.isAtEnd { values.append(try list.decode(Element.self)) }
            self.values = values
        } else {
            self.values = [try decoder.singleValueContainer().decode(Element.self)]
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if self.values.count == 1, let only = self.values.first { try container.encode(only) } else { try container.encode(self.values) }
    }
}
