/// Why a definition is not accepted: what is wrong, and where in the file.
///
/// It never has a secret in it: values are not repeated, only names.
public struct DefinitionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong: for tests and metrics.
    public struct Code: Sendable, Hashable {
        private enum Value: String, Sendable {
            case syntax, limit, unknownKey, missing, type, value, reference, cycle, unsupported, policy
        }
        private let value: Value

        /// Not YAML, or not JSON.
        public static let syntax = Self(value: .syntax)
        /// Larger, deeper or more than is read.
        public static let limit = Self(value: .limit)
        /// A key that means nothing here: a misspelling would otherwise be a default, silently.
        public static let unknownKey = Self(value: .unknownKey)
        /// Something that must be there is not.
        public static let missing = Self(value: .missing)
        /// A text where a list is expected, and the like.
        public static let type = Self(value: .type)
        /// The right type with a value out of range.
        public static let value = Self(value: .value)
        /// A name that nothing has.
        public static let reference = Self(value: .reference)
        /// Something that is defined by itself.
        public static let cycle = Self(value: .cycle)
        /// Valid for AWS, and not read here.
        public static let unsupported = Self(value: .unsupported)
        /// A policy that can't be enforced as it is written.
        public static let policy = Self(value: .policy)

        /// One word, from a closed list.
        public var shortDescription: String { self.value.rawValue }
    }

    public var code: Code

    /// The way from the root to the place: `["functions", "message", "timeout"]`. Empty for the whole file.
    public var path: [String]

    /// The line in the file, from 1, where it is known.
    public var line: Int?

    /// What is wrong, in words.
    public var message: String

    public init(_ code: Code, path: [String], line: Int? = nil, _ message: String) {
        self.code = code
        self.path = path
        self.line = line
        self.message = message
    }

    /// `line 12: functions.message.timeout: must be …`.
    public var description: String {
        let line = self.line.map { "line \($0): " } ?? ""
        let path = self.path.isEmpty ? "" : self.path.joined(separator: ".") + ": "
        return line + path + self.message
    }
}
