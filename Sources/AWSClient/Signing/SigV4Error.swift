/// Why a request's signature is not accepted.
///
/// What a client is told should say no more than AWS says: ``name`` has AWS's word for it. The error itself is for the log; it holds
/// nothing secret.
public struct SigV4Error: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of refusal.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case missingToken, incompleteSignature, invalidScope, unknownKey, mismatch, expired, notYetValid
        }

        private let value: Value

        /// The request has no `Authorization` header.
        public static let missingToken = Self(value: .missingToken)
        /// The header is malformed, of another algorithm, or a header that must be signed is not.
        public static let incompleteSignature = Self(value: .incompleteSignature)
        /// Signed for another region, service or day.
        public static let invalidScope = Self(value: .invalidScope)
        /// Nobody has this access key id, or the session token is not the one that goes with it.
        public static let unknownKey = Self(value: .unknownKey)
        /// Another secret was used, or the request is not the one that was signed.
        public static let mismatch = Self(value: .mismatch)
        /// Signed too long ago.
        public static let expired = Self(value: .expired)
        /// Signed by a clock that is ahead.
        public static let notYetValid = Self(value: .notYetValid)

        public var description: String { self.value.rawValue }

        /// AWS's name, as `x-amzn-ErrorType` has it.
        public var name: String {
            switch self.value {
            case .missingToken: "MissingAuthenticationTokenException"
            case .incompleteSignature: "IncompleteSignatureException"
            case .unknownKey: "UnrecognizedClientException"
            case .invalidScope, .mismatch, .expired, .notYetValid: "InvalidSignatureException"
            }
        }
    }

    public let code: Code
    /// Plain words without anything that the client sent but names of headers and dates.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(self.code): \(self.message)" }
}
