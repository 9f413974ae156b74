import ChatProtocol
import ChatTransport

/// Who is in a room on one event loop, and how far the room has come there.
final class LoopRoom {
    /// A connection that is told the room's position once that is known.
    struct Waiting {
        var connection: GatewayConnection
        var ref: String?
        /// Whether it was put into the room because it connected, and so has asked for nothing.
        var isInitial: Bool
    }

    /// The members, as those whom messages are sent to.
    let fanOut: FanOutRoom
    var waiting: [Waiting] = []
    /// Nil until the store has said it.
    var position: RoomPosition?
    /// The highest sequence that this loop has seen of the room.
    var lastSequence: Int64 = 0

    init(loop: WebSocketLoop) { self.fanOut = FanOutRoom(loop: loop) }

    func advance(to sequence: Int64) {
        self.lastSequence = sequence
        self.position?.sequence = sequence
    }

    func add(_ connection: GatewayConnection) {
        if !self.fanOut.contains(connection.socket) { self.fanOut.add(connection.socket) }
    }

    func remove(_ connection: GatewayConnection) {
        self.fanOut.remove(connection.socket)
        self.waiting.removeAll { $0.connection === connection }
    }
}
