/// Who says whether a handshake is welcome.
package enum WebSocketUpgradeDecider: Sendable {
    /// Says it at once, on the event loop.
    case immediate(@Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeAnswer)
    /// Has to ask somebody; takes a task.
    case task(@Sendable (WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer)
}
