/// Why the runtime loop ended although nobody asked it to. The process has no more to do, and exits with a status that is not 0.
public struct LambdaRuntimeError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case notOnLambda, initFailed, unreachable, refused, failed, invalidAnswer
        }

        private let value: Value

        /// `AWS_LAMBDA_RUNTIME_API` is missing or is no `host:port`.
        public static let notOnLambda = Self(value: .notOnLambda)
        /// The handler could not be made; Lambda was told, if it could be reached.
        public static let initFailed = Self(value: .initFailed)
        /// The Runtime API cannot be reached, or drops its connections, more often than ``LambdaRuntimeConfiguration/maximumAttempts``.
        public static let unreachable = Self(value: .unreachable)
        /// The Runtime API answered 403: a call that does not fit its state. To go on could answer somebody else's invocation.
        public static let refused = Self(value: .refused)
        /// The Runtime API answered 500, which it documents as a state that the runtime shall exit in.
        public static let failed = Self(value: .failed)
        /// The Runtime API answered what it does not document.
        public static let invalidAnswer = Self(value: .invalidAnswer)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    public var message: String
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
