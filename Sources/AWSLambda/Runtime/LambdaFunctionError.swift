/// A failure of an invocation whose `errorType` and `errorMessage` the handler chooses.
///
/// Any other error is reported with the name of its type and its description.
public struct LambdaFunctionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may tell failures apart by, such as `Runtime.BadEvent`. At most 256 bytes are sent.
    public var type: String
    /// For people. At most 16 KiB are sent; it ends up in logs and at the caller, so it holds no secret.
    public var message: String

    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    public var description: String { "\(self.type): \(self.message)" }

    /// What an authorizer throws to have the client refused with 401: API Gateway looks for exactly this message.
    public static let unauthorized = Self(type: "Unauthorized", message: "Unauthorized")
}
