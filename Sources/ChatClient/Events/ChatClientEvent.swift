public import ChatProtocol
public import ChatTransport

/// What a client is told without having asked.
public enum ChatClientEvent: Sendable, Hashable {
    /// The connection is open, for the first time or again.
    case connected
    /// The connection has ended; the client is trying again. Nil where there was none to be had.
    case disconnected(WebSocketClosure?)
    /// A message in a room, in the room's order and each once.
    case message(ChatMessage)
    /// Messages of a room that were not fetched after an interruption: too many, or no longer there. They may be read with
    /// ``ChatClient/history(_:)``.
    case missed(room: String, ClosedRange<Int64>)
    /// The room's numbering has begun anew (another epoch): what was known of its sequences no longer holds.
    case restarted(room: String)
    /// So many events were dropped because they were not read fast enough.
    case dropped(Int)
    /// An event of a newer protocol.
    case other(ChatEvent)
}
