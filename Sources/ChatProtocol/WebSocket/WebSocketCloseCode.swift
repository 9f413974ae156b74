/// A WebSocket close code (RFC 6455 section 7.4; 4000 to 4999 are the chat protocol's own).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: the purpose was fulfilled.
    public static let normalClosure = Self(rawValue: 1000)
    /// 1001: the server is going down, or the connection was idle too long, or has lived as long as a connection may.
    public static let goingAway = Self(rawValue: 1001)
    /// 1002: the peer broke the WebSocket protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// 1003: a binary message; the chat is text.
    public static let unsupportedData = Self(rawValue: 1003)
    /// 1005: the peer's close frame had no code. Never sent.
    public static let noStatusReceived = Self(rawValue: 1005)
    /// 1006: the connection ended without a close frame. Never sent.
    public static let abnormalClosure = Self(rawValue: 1006)
    /// 1007: text that is not UTF-8.
    public static let invalidPayload = Self(rawValue: 1007)
    /// 1008: a message took too long to come, or there were too many frames without one.
    public static let policyViolation = Self(rawValue: 1008)
    /// 1009: a frame or a message over the limit.
    public static let messageTooBig = Self(rawValue: 1009)
    /// 1011: the server failed.
    public static let internalError = Self(rawValue: 1011)
    /// 4001: the token with which the connection was opened has expired. Connect again with a fresh one.
    public static let tokenExpired = Self(rawValue: 4001)
    /// 4008: the client did not read fast enough, and messages would have been lost. Connect again and ask for the history.
    public static let slowConsumer = Self(rawValue: 4008)

    /// Whether a peer may put this code into a close frame (RFC 6455 section 7.4.1 and the IANA registry).
    package var mayBeSent: Bool {
        switch self.rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
