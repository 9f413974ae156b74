/// A value of the configuration that cannot be used. Found when it is set up, not when the first client comes.
public struct InvalidConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { self.message }
}
