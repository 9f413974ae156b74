public import Logging

/// Brings a confirmation code to a user: by mail, by text message, however an embedder reaches people.
public protocol CodeDelivery: Sendable {
    /// - Throws: whatever kept the code from being handed on; the user is told that it could not be delivered.
    func deliver(code: String, username: String, attributes: [String: String]) async throws
}

/// Prints codes to the log, for development: there the developer is the user. Not for production, where a log is no secret.
public struct LogCodeDelivery: CodeDelivery {
    private let logger: Logger

    public init(logger: Logger) {
        self.logger = logger
    }

    public func deliver(code: String, username: String, attributes: [String: String]) async throws {
        self.logger.notice("confirmation code", metadata: ["chat.username": "\(username)", "chat.code": "\(code)"])
    }
}
