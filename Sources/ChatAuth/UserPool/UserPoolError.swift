/// An error of the user pool's API, by Cognito's own names.
public struct UserPoolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What stands in `__type`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let usernameExists = Self(rawValue: "UsernameExistsException")
        public static let invalidPassword = Self(rawValue: "InvalidPasswordException")
        public static let invalidParameter = Self(rawValue: "InvalidParameterException")
        public static let codeMismatch = Self(rawValue: "CodeMismatchException")
        public static let expiredCode = Self(rawValue: "ExpiredCodeException")
        public static let tooManyFailedAttempts = Self(rawValue: "TooManyFailedAttemptsException")
        public static let notAuthorized = Self(rawValue: "NotAuthorizedException")
        public static let userNotFound = Self(rawValue: "UserNotFoundException")
        public static let userNotConfirmed = Self(rawValue: "UserNotConfirmedException")
        public static let resourceNotFound = Self(rawValue: "ResourceNotFoundException")
        public static let codeDeliveryFailure = Self(rawValue: "CodeDeliveryFailureException")
        public static let tooManyRequests = Self(rawValue: "TooManyRequestsException")
        public static let limitExceeded = Self(rawValue: "LimitExceededException")
        public static let internalError = Self(rawValue: "InternalErrorException")
        public static let serialization = Self(rawValue: "SerializationException")
        public static let unknownOperation = Self(rawValue: "UnknownOperationException")
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(self.code.rawValue): \(self.message)" }

    /// The answer to a wrong password and to a name that nobody has: the two must not be told apart.
    static let wrongCredentials = UserPoolError(.notAuthorized, "Incorrect username or password.")
}
