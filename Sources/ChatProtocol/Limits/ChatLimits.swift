/// What a request may cost. Beyond a limit the sender gets the error that `docs/PROTOCOL.md` names, and the connection stays.
public struct ChatLimits: Sendable, Hashable {
    /// The longest `message`, in bytes of UTF-8. Default 16,384. Stops one sender from filling the store and everybody's screen.
    public var maximumMessageBytes: Int = 16_384

    /// The longest `room`, in bytes of UTF-8. Default 128. Stops names that serve as storage.
    public var maximumRoomBytes: Int = 128

    /// The longest `ref` and the longest `clientMessageId`, in bytes of UTF-8. Default 128. Both are repeated to others or kept.
    public var maximumIdentifierBytes: Int = 128

    /// Rooms that one connection may be in at once. Default 100. Stops a connection from subscribing to everything.
    public var maximumRoomsPerConnection: Int = 100

    /// The most messages in one history page, whatever `limit` asks for. Default 100. Stops a page from outgrowing a frame buffer.
    public var maximumHistoryPage: Int = 100

    /// Messages in a history page when a request has no `limit`. Default 50.
    public var defaultHistoryPage: Int = 50

    /// Bytes of message text in one history page; the page ends early, with `hasMore`, when they are reached. Default 65,536.
    ///
    /// Keeps an answer below the 128 KiB that API Gateway carries.
    public var maximumHistoryPageBytes: Int = 65_536

    public init() {}
}
