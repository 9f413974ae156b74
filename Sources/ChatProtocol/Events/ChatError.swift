/// A request that failed, as the wire tells it.
public struct ChatError: Error, Sendable, Hashable, CustomStringConvertible {
    public var code: ChatErrorCode
    /// A sentence for a developer; not for a program to read, not for a user to see.
    public var message: String
    /// How long to wait before another try, in milliseconds, where that may help.
    public var retryAfterMilliseconds: Int64?

    public init(_ code: ChatErrorCode, _ message: String, retryAfterMilliseconds: Int64? = nil) {
        self.code = code
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    public var description: String { "\(self.code): \(self.message)" }
}
