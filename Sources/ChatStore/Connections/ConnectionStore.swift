public import ChatProtocol

/// Keeps who is connected and in which rooms, for hosts whose handlers share no memory (as Lambda functions do).
public protocol ConnectionStore: Sendable {
    /// Keeps a connection, in the rooms it names. One with the same id is replaced.
    func insert(_ connection: ConnectionRecord) async throws

    /// The connection with that id, or nil if there is none or it has expired by `now`.
    func connection(id: String, now: Timestamp) async throws -> ConnectionRecord?

    /// Puts a connection into a room; being in it already is no error.
    ///
    /// - Parameter maximumRooms: how many rooms it may then be in.
    /// - Returns: false if it would be in more, and was not put in.
    /// - Throws: ``StoreError`` with `notFound` if there is no such connection.
    func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool

    /// Takes a connection out of a room; not being in it is no error.
    func leave(room: String, connectionId: String) async throws

    /// Forgets a connection and that it was in any room; not knowing it is no error.
    func remove(id: String) async throws

    /// The ids of the connections in a room that have not expired by `now`, in the order of their ids, a page at a time.
    ///
    /// - Parameter after: the last id of the page before, nil for the first page.
    func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String]
}

/// A client that is connected.
public struct ConnectionRecord: Sendable, Hashable {
    public var id: String
    public var user: ChatMessage.Sender
    public var connectedAt: Timestamp
    /// When it is gone at the latest, even if nobody said so.
    public var expiresAt: Timestamp
    public var rooms: Set<String>

    public init(id: String, user: ChatMessage.Sender, connectedAt: Timestamp, expiresAt: Timestamp, rooms: Set<String>) {
        self.id = id
        self.user = user
        self.connectedAt = connectedAt
        self.expiresAt = expiresAt
        self.rooms = rooms
    }
}
