public import HTTPTypes
package import NIOCore

/// What a server answers to a request for a WebSocket.
public enum WebSocketUpgradeDecision: Sendable {
    /// 101.
    ///
    /// - Parameter subprotocol: one of those that the client offers, or nil for none.
    case accept(subprotocol: String? = nil, headers: HTTPFields = [:])
    /// Any status but 101, with a body of plain text; the connection closes.
    case reject(status: HTTPResponse.Status, headers: HTTPFields = [:], body: String = "")
}

/// A decision together with who will use the connection.
package enum WebSocketUpgradeAnswer: Sendable {
    /// 101; then `install` adds what comes above the WebSocket handler. On the event loop.
    case accept(
        subprotocol: String?, headers: HTTPFields, install: @Sendable (any Channel, WebSocketHandler) throws -> Void)
    case reject(status: HTTPResponse.Status, headers: HTTPFields, body: String)

    init(
        _ decision: WebSocketUpgradeDecision,
        install: @escaping @Sendable (any Channel, WebSocketHandler, _ subprotocol: String?) throws -> Void
    ) {
        switch decision {
        case .accept(let subprotocol, let headers):
            self = .accept(subprotocol: subprotocol, headers: headers) { try install($0, $1, subprotocol) }
        case .reject(let status, let headers, let body): self = .reject(status: status, headers: headers, body: body)
        }
    }
}
