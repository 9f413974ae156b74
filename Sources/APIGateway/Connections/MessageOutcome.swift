import ChatProtocol
import LambdaHost

/// What the answer of a message route's function means for the client.
enum MessageOutcome: Sendable, Equatable {
    /// Nothing is sent.
    case nothing
    /// The body of a two-way route.
    case reply([UInt8])
    /// - Parameter failure: for a log.
    case error(ErrorFrame, failure: String)

    /// - Parameters:
    ///   - hasRouteResponse: whether the route is two-way. Without it nothing the function answers reaches the client, whatever the status.
    ///   - maximumBytes: of the body.
    init(_ outcome: LambdaOutcome, hasRouteResponse: Bool, maximumBytes: Int) {
        guard case .success(let bytes) = outcome else {
            self = .error(.internalServerError, failure: outcome.failure ?? "")
            return
        }
        guard let response = ProxyResponse(bytes) else {
            self = .error(.internalServerError, failure: "the function's answer is no proxy response")
            return
        }
        guard hasRouteResponse, let body = response.body, !body.isEmpty else {
            self = .nothing
            return
        }
        if body.count > maximumBytes {
            self = .error(.internalServerError, failure: "the function's body has \(body.count) bytes, \(maximumBytes) are allowed")
        } else if !body.withUnsafeBytes({ UTF8Validator.isValid($0) }) {
            self = .error(.internalServerError, failure: "the function's body is no text")
        } else {
            self = .reply(body)
        }
    }
}
