/// What the gateway itself says to a client whose message was not answered. The connection stays open.
enum ErrorFrame: Sendable {
    /// No route takes the message.
    case forbidden
    /// The function failed, or what it answered is no proxy response.
    case internalServerError
    /// The function took longer than the integration may.
    case endpointRequestTimedOut
    /// The account's quota is used up. AWS's text for this is not known; the shape is that of the others.
    case tooManyRequests

    var message: String {
        switch self {
        case .forbidden: "Forbidden"
        case .internalServerError: "Internal server error"
        case .endpointRequestTimedOut: "Endpoint request timed out"
        case .tooManyRequests: "Too Many Requests"
        }
    }

    /// The status that an access log has for it.
    var status: Int {
        switch self {
        case .forbidden: 403
        case .internalServerError: 500
        case .endpointRequestTimedOut: 504
        case .tooManyRequests: 429
        }
    }

    /// `$context.error.responseType`, where API Gateway's documentation has a type for it.
    var responseType: String? {
        switch self {
        case .forbidden: nil
        case .internalServerError: "INTEGRATION_FAILURE"
        case .endpointRequestTimedOut: "INTEGRATION_TIMEOUT"
        case .tooManyRequests: "THROTTLED"
        }
    }

    /// The frame's text, with AWS's own spacing: some clients look for it as text.
    func encoded(connectionId: String, requestId: String) -> [UInt8] {
        Array("{\"message\": \"\(self.message)\", \"connectionId\":\"\(connectionId)\", \"requestId\":\"\(requestId)\"}".utf8)
    }
}
