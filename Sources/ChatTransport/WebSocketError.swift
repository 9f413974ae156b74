/// Why a WebSocket cannot be had or used.
public struct WebSocketError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case invalidURL, connectFailed, handshakeTimeout, handshakeRejected, invalidHandshake, closed
        }

        private let value: Value

        /// It is no `ws:` or `wss:` URL.
        public static let invalidURL = Self(value: .invalidURL)
        /// The server cannot be reached, or TLS failed.
        public static let connectFailed = Self(value: .connectFailed)
        /// The server took too long to answer.
        public static let handshakeTimeout = Self(value: .handshakeTimeout)
        /// The server answered with another status than 101; ``WebSocketError/status`` has it.
        public static let handshakeRejected = Self(value: .handshakeRejected)
        /// The answer is not what RFC 6455 asks for, so it may not come from a WebSocket server.
        public static let invalidHandshake = Self(value: .invalidHandshake)
        /// The connection has ended.
        public static let closed = Self(value: .closed)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    public var message: String
    /// The HTTP status of a rejected handshake.
    public var status: Int?
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, status: Int? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.underlying = underlying
    }

    public var description: String {
        if let underlying { "\(self.code): \(self.message) (\(underlying))" } else { "\(self.code): \(self.message)" }
    }
}
