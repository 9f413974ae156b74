public import ChatProtocol

/// Why a request to the chat failed.
public struct ChatClientError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case refused, timedOut, closed, unauthorized, overloaded
        }

        private let value: Value

        /// The server answered with an error; ``ChatClientError/chatError`` has it.
        public static let refused = Self(value: .refused)
        /// No answer came in time. Whether the request had an effect is not known; sending a message again with the same
        /// `clientMessageId` is safe.
        public static let timedOut = Self(value: .timedOut)
        /// The client was closed.
        public static let closed = Self(value: .closed)
        /// The server lets nobody in with these tokens, not even with a fresh one.
        public static let unauthorized = Self(value: .unauthorized)
        /// Too many requests wait for an answer.
        public static let overloaded = Self(value: .overloaded)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    public var message: String
    public var chatError: ChatError?
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, chatError: ChatError? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.chatError = chatError
        self.underlying = underlying
    }

    public var description: String {
        if let underlying { "\(self.code): \(self.message) (\(underlying))" } else { "\(self.code): \(self.message)" }
    }
}
