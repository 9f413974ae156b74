import LambdaHost

/// What the answer of the `$connect` route's function means for the upgrade.
enum ConnectDecision: Sendable, Equatable {
    /// 101. The function's body is not delivered to anybody.
    case accept(subprotocol: String?)
    /// - Parameter failure: why, if it is the function's fault; for a log.
    case reject(status: Int, failure: String?)

    /// - Parameter outcome: nil if the integration timed out.
    init(_ outcome: LambdaOutcome?) {
        guard let outcome else {
            self = .reject(status: 504, failure: "the integration timed out")
            return
        }
        guard case .success(let bytes) = outcome else {
            self = .reject(status: 502, failure: outcome.failure)
            return
        }
        guard let response = ProxyResponse(bytes) else {
            self = .reject(status: 502, failure: "the function's answer is no proxy response")
            return
        }
        switch response.statusCode {
        case 200..<300: self = .accept(subprotocol: response.subprotocol)
        case 300...599: self = .reject(status: response.statusCode, failure: nil)
        default: self = .reject(status: 502, failure: "status \(response.statusCode) cannot end a handshake")
        }
    }
}
