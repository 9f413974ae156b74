/// Why a proxy gave no connection to the server.
public struct WebSocketProxyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case refused, authenticationRequired, invalidAnswer, headerTooLong, timeout, closed, invalidTarget
        }

        private let value: Value

        /// It answered with a status that is no success; ``WebSocketProxyError/status`` has it.
        public static let refused = Self(value: .refused)
        /// It answered with 407: it wants another authorization, or one at all.
        public static let authenticationRequired = Self(value: .authenticationRequired)
        /// What it answered is not HTTP/1.
        public static let invalidAnswer = Self(value: .invalidAnswer)
        /// It answered with more header fields than are read.
        public static let headerTooLong = Self(value: .headerTooLong)
        /// It took too long.
        public static let timeout = Self(value: .timeout)
        /// The connection to it ended before it answered, or was never made.
        public static let closed = Self(value: .closed)
        /// The server's name cannot be put into a request.
        public static let invalidTarget = Self(value: .invalidTarget)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    /// The HTTP status of a refusal.
    public var status: Int?

    public init(_ code: Code, status: Int? = nil) {
        self.code = code
        self.status = status
    }

    public var description: String {
        if let status {
            "The proxy gave no connection: \(self.code) (status \(status))"
        } else {
            "The proxy gave no connection: \(self.code)"
        }
    }
}
