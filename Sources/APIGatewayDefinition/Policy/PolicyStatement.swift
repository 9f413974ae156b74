/// One statement of a policy.
public struct PolicyStatement: Sendable, Equatable {
    public enum Effect: Sendable, Hashable {
        case allow, deny
    }

    /// `Action` or `NotAction`, `Resource` or `NotResource`.
    public enum Selection: Sendable, Equatable {
        /// What one of the patterns matches.
        case matching([PolicyPattern])
        /// What none of the patterns matches.
        case notMatching([PolicyPattern])

        func contains(_ text: [UInt8]) -> Bool {
            switch self {
            case .matching(let patterns): patterns.contains { $0.matches(text) }
            case .notMatching(let patterns): !patterns.contains { $0.matches(text) }
            }
        }
    }

    public var effect: Effect
    public var actions: Selection
    public var resources: Selection

    public init(effect: Effect, actions: Selection, resources: Selection) {
        self.effect = effect
        self.actions = actions
        self.resources = resources
    }

    /// A statement with plain lists.
    public init(_ effect: Effect, actions: [String], resources: [String]) {
        self.init(
            effect: effect, actions: .matching(actions.map(PolicyPattern.init(action:))),
            resources: .matching(resources.map(PolicyPattern.init(resource:))))
    }

    /// Whether the statement has to do with an action on a resource.
    func applies(action: String, resource: String) -> Bool {
        self.actions.contains(Array(action.lowercased().utf8)) && self.resources.contains(Array(resource.utf8))
    }
}
