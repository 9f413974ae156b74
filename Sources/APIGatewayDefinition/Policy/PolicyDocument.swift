/// An IAM policy, as far as it can be decided here: what is allowed, what is denied.
///
/// An explicit Deny wins over every Allow, and what no statement allows is denied:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>. A document with a `Condition`, a `Principal`
/// or a policy variable is refused when it is read, since leaving those out would decide differently from what was written.
public struct PolicyDocument: Sendable, Equatable {
    /// What a document says about one action on one resource.
    public enum Decision: Sendable, Hashable {
        /// A statement allows it and none denies it.
        case allow
        /// A statement denies it.
        case explicitDeny
        /// No statement has to do with it.
        case implicitDeny

        /// Whether it may be done.
        public var isAllowed: Bool { self == .allow }
    }

    /// The statements, at most ``maximumStatements``.
    public var statements: [PolicyStatement]

    /// Stops a document from an authorizer from taking long to decide. IAM's own bound is on the size, 6,144 bytes.
    public static let maximumStatements = 256

    public init(statements: [PolicyStatement]) {
        self.statements = statements
    }

    /// A document that allows nothing.
    public static let none = PolicyDocument(statements: [])

    /// What the document says.
    ///
    /// - Parameters:
    ///   - action: `execute-api:ManageConnections`; upper and lower case do not matter.
    ///   - resource: an ARN; case matters.
    public func allows(action: String, resource: String) -> Decision {
        var isAllowed = false
        for statement in self.statements where statement.applies(action: action, resource: resource) {
            switch statement.effect {
            case .deny: return .explicitDeny
            case .allow: isAllowed = true
            }
        }
        return isAllowed ? .allow : .implicitDeny
    }
}
