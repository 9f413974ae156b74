import ChatProtocol
public import ChatTransport

/// How a client connects and waits.
public struct ChatClientConfiguration: Sendable {
    /// Where the chat is: `ws://` or `wss://`, with the path.
    public var url: String
    /// TLS, limits and times of the connection.
    public var webSocket = WebSocketClientConfiguration()
    /// The rooms to be in from the start. Default: `general`, which the server puts every connection into.
    public var rooms: Set<String>
    /// How long a request may take, reconnecting included. Default 30 s.
    public var requestTimeout: Duration = .seconds(30)
    /// Waits between tries to connect.
    public var backoff = Backoff()
    /// How often a `ping` action is sent, which keeps a connection that is otherwise silent from being closed as idle (API Gateway: after
    /// 10 minutes). Default 5 minutes. Nil sends none.
    public var keepAliveInterval: Duration? = .seconds(300)
    /// Events that wait for ``ChatClient/events`` to be read. Default 1,024. Past it they are dropped, and a ``ChatClientEvent/dropped(_:)`` says so.
    public var maximumBufferedEvents = 1024
    /// Requests that may wait for an answer. Default 1,024. Past it ``ChatClient`` refuses with `overloaded`.
    public var maximumPendingRequests = 1024
    /// Missed messages of a room that are fetched after a reconnect. Default 1,000. If there are more, a
    /// ``ChatClientEvent/missed(room:_:)`` says which, and the room goes on with the newest.
    public var maximumCatchUp: Int64 = 1000

    public init(url: String) {
        self.url = url
        self.rooms = [ChatDefaults.room]
    }
}
