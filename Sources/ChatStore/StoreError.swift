/// What a store cannot do.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case alreadyExists, notFound, conflict, closed, overloaded, failed
        }

        private let value: Value

        /// Something with that key is there already.
        public static let alreadyExists = Self(value: .alreadyExists)
        /// Nothing with that key is there.
        public static let notFound = Self(value: .notFound)
        /// It was changed by somebody else since it was read. Read it again and decide anew.
        public static let conflict = Self(value: .conflict)
        /// The store was closed; nothing was kept.
        public static let closed = Self(value: .closed)
        /// More is waiting to be committed than may wait; nothing was kept. Try again later.
        public static let overloaded = Self(value: .overloaded)
        /// The backend failed (a full disk, say). Nothing of the call was kept.
        public static let failed = Self(value: .failed)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    public var message: String
    /// What the backend said.
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        if let underlying { "\(self.code): \(self.message) (\(underlying))" } else { "\(self.code): \(self.message)" }
    }
}
