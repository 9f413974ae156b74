import ChatProtocol

/// Who is in a room on one event loop, and how far the room has come there.
final class LoopRoom {
    /// A connection that is told the room's position once that is known.
    struct Waiting {
        var connection: GatewayConnection
        var ref: String?
        /// Whether it was put into the room because it connected, and so has asked for nothing.
        var isInitial: Bool
    }

    /// In no order. A connection knows its place, so that it leaves without a search.
    private(set) var members: [GatewayConnection] = []
    var waiting: [Waiting] = []
    /// Nil until the store has said it.
    var position: RoomPosition?
    /// The highest sequence that this loop has seen of the room.
    var lastSequence: Int64 = 0

    func advance(to sequence: Int64) {
        self.lastSequence = sequence
        self.position?.sequence = sequence
    }

    func add(_ connection: GatewayConnection, name: String) {
        guard connection.placeInRoom[name] == nil else { return }
        connection.placeInRoom[name] = self.members.count
        self.members.append(connection)
    }

    func remove(_ connection: GatewayConnection, name: String) {
        guard let place = connection.placeInRoom.removeValue(forKey: name) else {
            self.waiting.removeAll { $0.connection === connection }
            return
        }
        let last = self.members.removeLast()
        guard last !== connection else { return }
        self.members[place] = last
        last.placeInRoom[name] = place
    }
}
