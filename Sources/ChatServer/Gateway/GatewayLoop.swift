import ChatProtocol
import ChatService
import ChatStore
import ChatTransport
import CoreMetrics
import NIOCore

/// One event loop's share of the chat: its connections, and who of them is in which room.
///
/// A room's members lie in one array a loop, so that a message crosses to each loop once and then walks the array.
///
/// `@unchecked Sendable`: everything mutable is touched on `eventLoop` only; what is called from elsewhere asserts it.
final class GatewayLoop: @unchecked Sendable {
    let transport: WebSocketLoop
    var eventLoop: any EventLoop { self.transport.eventLoop }
    private let messages: any MessageStore
    private let metrics: GatewayMetrics
    private var rooms: [String: LoopRoom] = [:]
    private var toSubmit: [(message: NewMessage, tag: CommitTag)] = []
    private(set) var connections: [ObjectIdentifier: GatewayConnection] = [:]

    init(transport: WebSocketLoop, messages: any MessageStore, metrics: GatewayMetrics) {
        self.transport = transport
        self.messages = messages
        self.metrics = metrics
    }

    // MARK: Connections

    func add(_ connection: GatewayConnection) {
        self.eventLoop.preconditionInEventLoop()
        self.connections[ObjectIdentifier(connection)] = connection
        self.metrics.opened.increment()
    }

    func remove(_ connection: GatewayConnection) {
        self.eventLoop.preconditionInEventLoop()
        guard self.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        for room in connection.member.rooms { self.leave(room, connection) }
    }

    // MARK: Rooms

    /// Puts a connection into a room, and tells it how far the room has come: at once if somebody on this loop is there already, else
    /// once the store has said it.
    ///
    /// The position that is told and the messages that are delivered afterwards leave no gap and no overlap: a member is added in
    /// the same step in which it is told the sequence of the last message that this loop has seen of the room, and what an
    /// older commit still has under way is passed over.
    func join(_ name: String, _ waiting: LoopRoom.Waiting) {
        self.eventLoop.preconditionInEventLoop()
        let room: LoopRoom
        if let known = self.rooms[name] {
            room = known
        } else {
            room = LoopRoom(loop: self.transport)
            self.rooms[name] = room
            self.loadPosition(of: name, room)
        }
        if let position = room.position {
            self.enter(room, waiting, at: position)
            waiting.connection.joined(position, waiting.reason)
        } else {
            room.waiting.append(waiting)
        }
    }

    private func enter(_ room: LoopRoom, _ waiting: LoopRoom.Waiting, at position: RoomPosition) {
        guard waiting.connection.isBehind else { return room.add(waiting.connection) }
        // It reads too slowly to be sent anything; what it misses begins here, or where it began before.
        var after = position.sequence
        if case .caughtUp(let earlier) = waiting.reason { after = earlier }
        waiting.connection.misses(position.room, after: after)
    }

    /// Sends a connection no more of a room's messages.
    ///
    /// - Returns: the last sequence that it was sent; nil if it is not in the room yet.
    func suspend(_ connection: GatewayConnection, in name: String) -> Int64? {
        guard let room = self.rooms[name], let after = room.progress(of: connection) else { return nil }
        self.leave(name, connection)
        return after
    }

    func leave(_ name: String, _ connection: GatewayConnection) {
        self.eventLoop.preconditionInEventLoop()
        guard let room = self.rooms[name] else { return }
        room.remove(connection)
        self.forgetIfEmpty(name, room)
    }

    private func loadPosition(of name: String, _ room: LoopRoom) {
        let messages = self.messages
        self.eventLoop.makeFutureWithTask { try await messages.position(room: name) }
            .assumeIsolated()
            .whenComplete { self.loaded($0, name, room) }
    }

    private func loaded(_ result: Result<RoomPosition, any Error>, _ name: String, _ room: LoopRoom) {
        // Everybody who waited may have gone, and others have come since: their room is another, with messages that this one has not seen.
        guard self.rooms[name] === room else { return }
        let waiting = room.waiting
        room.waiting = []
        switch result {
        case .success(var position):
            position.sequence = max(position.sequence, room.lastSequence)
            room.lastSequence = position.sequence
            room.position = position
            // Everybody is in before anybody is told: whoever is told goes on to the next request, which may be to leave.
            for entry in waiting where entry.connection.isActive { self.enter(room, entry, at: position) }
            for entry in waiting where entry.connection.isActive { entry.connection.joined(position, entry.reason) }
            self.forgetIfEmpty(name, room)
        case .failure(let error):
            // Forgotten before anybody is told: whoever asks again is to start anew, not to wait for what has ended.
            self.rooms[name] = nil
            for entry in waiting where entry.connection.isActive { entry.connection.failedToJoin(name, error, entry.reason) }
        }
    }

    private func forgetIfEmpty(_ name: String, _ room: LoopRoom) {
        guard room.fanOut.count == 0, room.waiting.isEmpty, self.rooms[name] === room else { return }
        self.rooms[name] = nil
    }

    // MARK: Messages to be kept

    /// Has a message kept, together with what else comes in this tick: what is kept in one commit is sent in one write.
    func submit(_ message: NewMessage, tag: CommitTag, to gateway: ChatGateway) {
        self.toSubmit.append((message, tag))
        guard self.toSubmit.count == 1 else { return }
        self.eventLoop.assumeIsolated().execute {
            let entries = self.toSubmit
            self.toSubmit = []
            for (tag, error) in gateway.submit(entries) { tag.connection.appendRefused(error, ref: tag.ref) }
        }
    }

    // MARK: Deliveries

    /// Hands out what one commit has brought: replies and room messages in one order, everything that a connection gets in one write.
    func deliver(_ batch: CommittedBatch) {
        self.eventLoop.preconditionInEventLoop()
        let now = NIODeadline.now()
        var delivered = 0
        for entry in batch.entries {
            if entry.sender.loop === self { entry.sender.appendFinished(reply: entry.reply, now: now) }
            guard let broadcast = entry.broadcast, let room = self.rooms[broadcast.room], broadcast.sequence > room.lastSequence else {
                continue
            }
            room.advance(to: broadcast.sequence)
            room.fanOut.publish(broadcast.message, now: now)
            delivered += room.fanOut.count
        }
        self.transport.flush()
        if delivered > 0 { self.metrics.delivered.increment(by: delivered) }
    }
}
