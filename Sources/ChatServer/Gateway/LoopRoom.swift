import ChatProtocol
import ChatTransport

/// Who is in a room on one event loop, and how far the room has come there.
final class LoopRoom {
    /// A connection that is told the room's position once that is known.
    struct Waiting {
        var connection: GatewayConnection
        var reason: Reason
    }

    /// Why a connection is put into a room.
    enum Reason {
        /// It has connected, and so has asked for nothing.
        case connected
        case asked(ref: String?)
        /// It is in the room already, but was sent nothing after this sequence, because it read too slowly.
        case caughtUp(after: Int64)
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

    /// How far the connection is: the last sequence that it was sent; nil if it is not sent what the room is told.
    func progress(of connection: GatewayConnection) -> Int64? {
        if self.fanOut.contains(connection.socket) { return self.lastSequence }
        for entry in self.waiting where entry.connection === connection {
            if case .caughtUp(let after) = entry.reason { return after }
        }
        return nil
    }

    func add(_ connection: GatewayConnection) {
        if !self.fanOut.contains(connection.socket) { self.fanOut.add(connection.socket) }
    }

    func remove(_ connection: GatewayConnection) {
        self.fanOut.remove(connection.socket)
        self.waiting.removeAll { $0.connection === connection }
    }
}
