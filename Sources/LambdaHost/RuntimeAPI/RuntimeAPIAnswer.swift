/// What the Runtime API answers to anything but a question for the next event: a status and a line of JSON.
///
/// The bodies are those of AWS's Runtime Interface Emulator (`internal/lambda/rapi/rendering`).
struct RuntimeAPIAnswer: Equatable {
    var status: Int
    /// Ends with a line feed, except where it is empty.
    var body: String

    static let accepted = Self(status: 202, body: #"{"status":"OK"}"# + "\n")
    static let invalidRequestId = Self(status: 400, type: "InvalidRequestID", message: "Invalid request ID")
    static let invalidResponseMode = Self(
        status: 400, type: "InvalidFunctionResponseMode", message: "Invalid function response mode")
    static let notFound = Self(status: 404, body: "404 page not found\n")
    static let methodNotAllowed = Self(status: 405, body: "")

    /// The runtime asks for what it cannot have now. Both texts are names of states, as the emulator has them.
    static func invalidStateTransition(from: String, to: String) -> Self {
        Self(
            status: 403, type: "InvalidStateTransition",
            message: "State transition from \(from) to \(to) failed for runtime. Error: State transition is not allowed")
    }

    static func tooLarge(maximumBytes: Int) -> Self {
        Self(
            status: 413, type: "RequestEntityTooLarge", message: "Exceeded maximum allowed payload size (\(maximumBytes) bytes).")
    }

    init(status: Int, body: String) {
        self.status = status
        self.body = body
    }

    /// Both texts are our own and need no escapes.
    private init(status: Int, type: String, message: String) {
        self.init(status: status, body: #"{"errorMessage":"\#(message)","errorType":"\#(type)"}"# + "\n")
    }
}
