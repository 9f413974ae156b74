package import ChatProtocol
public import HTTPTypes

/// Why a request to AWS has no result: the service's error, or what happened on the way.
public struct AWSError: Error, Sendable, CustomStringConvertible {
    /// The name of an error. Services name their own, so the set is open: `AWSError.Code("GoneException")`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The service's name for it, without namespace: `ConditionalCheckFailedException`.
        public let name: String

        public init(_ name: String) {
            self.name = name
        }

        /// No connection to the service could be made: it has not seen the request.
        public static let unreachable = Self("unreachable")
        /// The connection was lost before an answer. Whether the request had an effect is not known.
        public static let connectionFailed = Self("connectionFailed")
        /// No answer in time. Whether the request had an effect is not known.
        public static let timedOut = Self("timedOut")
        /// The answer is longer than the caller allows.
        public static let responseTooLarge = Self("responseTooLarge")
        /// The request cannot be sent: its host, path or query is no part of a URL.
        public static let invalidRequest = Self("invalidRequest")
        /// This source of credentials is not set up; a ``CredentialChain`` asks the next.
        public static let notConfigured = Self("notConfigured")
        /// No source of credentials is set up, or the one that is cannot get them now.
        public static let credentialsUnavailable = Self("credentialsUnavailable")
        /// The configuration (a region, an endpoint, a file) cannot be used.
        public static let invalidConfiguration = Self("invalidConfiguration")
        /// An answer with a status that is not 2xx and names no error.
        public static let unnamed = Self("unnamed")

        public var description: String { self.name }
    }

    public var code: Code
    /// The service's own words, or ours. At most 1024 characters of them are kept.
    public var message: String
    /// Nil if no answer came.
    public var status: HTTPResponse.Status?
    /// The service's id of the request (`x-amzn-RequestId`), for a question to its support.
    public var requestId: String?
    /// The body of the answer: some errors carry more, as `TransactionCanceledException` its reasons. Not part of `description`.
    public var body: [UInt8]
    public var underlying: (any Error)?
    /// The service's wish how long to wait before the next attempt.
    package var retryAfter: Duration?
    /// The service's clock when it answered.
    package var serverTime: Timestamp?

    public init(
        _ code: Code, _ message: String, status: HTTPResponse.Status? = nil, requestId: String? = nil, body: [UInt8] = [],
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = String(message.prefix(1024))
        self.status = status
        self.requestId = requestId
        self.body = body
        self.underlying = underlying
    }

    public var description: String {
        var text = "\(self.code): \(self.message)"
        if let status { text += " (status \(status.code))" }
        if let requestId { text += " (request \(requestId))" }
        if let underlying { text += " (\(underlying))" }
        return text
    }
}
