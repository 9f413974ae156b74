import ChatStore

/// The rooms that were written to lately: their row id and their newest sequence, so that an append need not look them up.
///
/// Valid for one writer. It forgets everything when a transaction fails, and when `dataVersion` says that somebody else wrote.
struct RoomCache {
    struct Room {
        var id: Int64
        var sequence: Int64
    }

    /// Bounds memory; past it the cache starts anew.
    private static let maximumRooms = 10_000

    private var rooms: [ExactString: Room] = [:]
    private var dataVersion: Int64?

    mutating func prepare(dataVersion: Int64) {
        if dataVersion != self.dataVersion || self.rooms.count > Self.maximumRooms { self.rooms.removeAll(keepingCapacity: true) }
        self.dataVersion = dataVersion
    }

    subscript(name: ExactString) -> Room? {
        get { self.rooms[name] }
        set { self.rooms[name] = newValue }
    }

    mutating func forget() {
        self.rooms.removeAll(keepingCapacity: true)
    }
}
