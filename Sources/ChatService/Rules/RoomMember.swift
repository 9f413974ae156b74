public import ChatProtocol

/// What the rules have to know of a connection: whose it is and in which rooms.
public struct RoomMember: Sendable, Hashable {
    public var user: ChatMessage.Sender
    public var rooms: Set<String>

    public init(user: ChatMessage.Sender, rooms: Set<String> = [ChatDefaults.room]) {
        self.user = user
        self.rooms = rooms
    }
}
