import ChatProtocol
import ChatService
import ChatStore
import ChatTransport
import CoreMetrics
import Logging
import NIOCore

/// One client in the gateway: reads its requests, carries out their steps, answers.
///
/// Requests are answered as their steps end, which is not always in their order: `ref` tells which is which. But while the
/// connection is being put into a room nothing that follows is begun, so that a message sent right after `joinRoom` finds its
/// sender in the room.
///
/// `@unchecked Sendable`: everything mutable is touched on the channel's event loop only, which is `loop.eventLoop`.
final class GatewayConnection: WebSocketDelegate, @unchecked Sendable {
    let loop: GatewayLoop
    private let gateway: ChatGateway
    let socket: WebSocketHandler
    private let expiresAt: Timestamp?

    private(set) var member: RoomMember
    private(set) var isActive = true
    private var isDraining = false
    private var pendingJoins = 0
    private var pendingRequests = 0
    /// What was read before it could be begun: what one read from the socket brought, or, at a stream's end, what was left in it.
    private var deferred = CircularBuffer<WebSocketMessage>()
    private var isBeginningDeferred = false
    private var expiry: Scheduled<Void>?
    /// While it reads too slowly: when that has to end.
    private var catchUpDeadline: Scheduled<Void>?
    /// The rooms whose messages it is not sent because of that, each with the last sequence that it was sent.
    private var missed: [String: Int64] = [:]

    init(user: ConnectedUser, gateway: ChatGateway, loop: GatewayLoop, socket: WebSocketHandler) {
        self.gateway = gateway
        self.loop = loop
        self.socket = socket
        self.expiresAt = user.expiresAt
        self.member = RoomMember(user: user.sender, rooms: [])
    }

    // MARK: Life

    /// Becomes the user of its connection.
    func start() {
        self.socket.delegate = self
        self.loop.add(self)
        if let expiresAt {
            let milliseconds = max(0, expiresAt.millisecondsSinceEpoch - self.gateway.now().millisecondsSinceEpoch)
            self.expiry = self.loop.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
                self.socket.close(.tokenExpired, reason: "the token has expired")
            }
        }
        self.join(ChatDefaults.room, .connected)
    }

    func webSocketClosed() {
        self.isActive = false
        self.expiry?.cancel()
        self.expiry = nil
        self.catchUpDeadline?.cancel()
        self.catchUpDeadline = nil
        self.deferred = CircularBuffer()
        self.loop.remove(self)
        self.gateway.connectionClosed()
    }

    func webSocketShouldQuiesce() -> Bool {
        self.drain()
        return true
    }

    /// Begins nothing more, and closes once what was begun is answered.
    func drain() {
        guard !self.isDraining else { return }
        self.isDraining = true
        self.deferred = CircularBuffer()
        self.socket.pauseReading()
        self.closeIfDrained()
    }

    private func closeIfDrained() {
        guard self.isDraining, self.pendingRequests == 0, self.pendingJoins == 0 else { return }
        self.socket.close(.goingAway, reason: "Going away")
    }

    // MARK: Requests

    func webSocketReceived(_ message: WebSocketMessage) {
        guard !self.isDraining else { return }
        if self.mayBegin, self.deferred.isEmpty {
            self.begin(message)
        } else {
            self.deferred.append(message)
            self.socket.pauseReading()
        }
    }

    private var mayBegin: Bool {
        self.pendingJoins == 0 && self.pendingRequests < self.gateway.configuration.maximumPendingRequests
    }

    private func begin(_ message: WebSocketMessage) {
        guard message.kind == .text else {
            return self.socket.close(.unsupportedData, reason: "the chat is text")
        }
        self.gateway.metrics.requests.increment()
        let step = message.bytes.withUnsafeReadableBytes { self.gateway.rules.begin($0, from: self.member) }
        switch step {
        case .answer(let event): self.post(event)
        case .append(let message, let ref): self.append(message, ref: ref)
        case .join(let room, let ref): self.join(room, .asked(ref: ref))
        case .leave(let room, let ref):
            self.member.rooms.remove(room)
            self.missed[room] = nil
            self.loop.leave(room, self)
            self.post(self.gateway.rules.left(room: room, ref: ref))
        case .readHistory(let read, let ref): self.readHistory(read, ref: ref)
        }
        if !self.mayBegin { self.socket.pauseReading() }
    }

    private func requestFinished() {
        self.pendingRequests -= 1
        self.beginDeferred()
    }

    private func beginDeferred() {
        if self.isDraining { return self.closeIfDrained() }
        // A step that ends at once comes back here; the loop that began it goes on.
        guard !self.isBeginningDeferred else { return }
        self.isBeginningDeferred = true
        while self.mayBegin, let message = self.deferred.popFirst() { self.begin(message) }
        self.isBeginningDeferred = false
        if self.deferred.isEmpty, self.mayBegin { self.socket.resumeReading() }
    }

    private func append(_ message: NewMessage, ref: String?) {
        self.pendingRequests += 1
        self.loop.submit(message, tag: CommitTag(connection: self, ref: ref), to: self.gateway)
    }

    /// The message was not even taken to be kept.
    func appendRefused(_ error: StoreError, ref: String?) {
        self.post(self.gateway.rules.failed(error, ref: ref))
        self.requestFinished()
    }

    /// The store has kept the message, or failed to; the reply says which.
    func appendFinished(reply: EncodedMessage, now: NIODeadline) {
        self.write(reply, now: now)
        self.requestFinished()
    }

    private func readHistory(_ read: HistoryRead, ref: String?) {
        self.pendingRequests += 1
        let messages = self.gateway.messages
        self.loop.eventLoop.makeFutureWithTask {
            try await messages.history(room: read.room, range: read.range, limit: read.limit, maximumBytes: read.maximumBytes)
        }.whenComplete { result in
            let rules = self.gateway.rules
            switch result {
            case .success(let page): self.post(rules.page(page, ref: ref))
            case .failure(let error): self.post(rules.failed(error, ref: ref))
            }
            self.requestFinished()
        }
    }

    // MARK: Rooms

    private func join(_ room: String, _ reason: LoopRoom.Reason) {
        self.pendingJoins += 1
        self.member.rooms.insert(room)
        self.loop.join(room, LoopRoom.Waiting(connection: self, reason: reason))
    }

    func joined(_ position: RoomPosition, _ reason: LoopRoom.Reason) {
        switch reason {
        case .connected: self.joinFinished()
        case .asked(let ref):
            self.post(self.gateway.rules.joined(position, ref: ref))
            self.joinFinished()
        case .caughtUp(let after): self.caughtUp(position, after: after)
        }
    }

    func failedToJoin(_ room: String, _ error: any Error, _ reason: LoopRoom.Reason) {
        switch reason {
        case .connected:
            self.member.rooms.remove(room)
            self.closeWithoutRoom(error)
            self.joinFinished()
        case .asked(let ref):
            self.member.rooms.remove(room)
            self.post(self.gateway.rules.failed(error, ref: ref))
            self.joinFinished()
        case .caughtUp: self.closeWithoutRoom(error)
        }
    }

    /// Without a room that it counts on, the connection is not what it was promised to be.
    private func closeWithoutRoom(_ error: any Error) {
        self.gateway.logger.error("a room's position cannot be read", metadata: ["chat.error": "\(error)"])
        self.socket.close(.internalError, reason: "the server failed")
    }

    private func joinFinished() {
        self.pendingJoins -= 1
        self.beginDeferred()
    }

    // MARK: Reading too slowly

    var isBehind: Bool { self.catchUpDeadline != nil }

    /// Its rooms' messages are left out until it has read what waits for it. They are kept, and it is told which it has to read.
    func webSocketFellBehind() -> Bool {
        guard self.isActive, !self.isDraining else { return false }
        self.gateway.metrics.fellBehind.increment()
        self.catchUpDeadline = self.loop.eventLoop.assumeIsolated().scheduleTask(
            in: TimeAmount(self.gateway.configuration.catchUpTimeout)
        ) {
            self.socket.close(.slowConsumer, reason: "too slow to read")
        }
        for room in self.member.rooms {
            if let after = self.loop.suspend(self, in: room) { self.misses(room, after: after) }
        }
        return true
    }

    func misses(_ room: String, after sequence: Int64) {
        self.missed[room] = min(self.missed[room] ?? sequence, sequence)
    }

    func webSocketCaughtUp() {
        self.catchUpDeadline?.cancel()
        self.catchUpDeadline = nil
        let missed = self.missed
        self.missed = [:]
        for (room, after) in missed { self.loop.join(room, LoopRoom.Waiting(connection: self, reason: .caughtUp(after: after))) }
    }

    private func caughtUp(_ position: RoomPosition, after: Int64) {
        guard !self.isBehind, position.sequence > after else { return }
        self.post(self.gateway.rules.missed(RoomGap(room: position.room, after: after, sequence: position.sequence)))
    }

    // MARK: Output

    private func post(_ event: ChatEvent) {
        if case .error(let error) = event.kind { self.gateway.metrics.failed(code: error.code.rawValue) }
        self.write(EncodedMessage(event), now: .now())
    }

    /// Writes a message that leaves when the loop's tick ends.
    func write(_ message: EncodedMessage, now: NIODeadline) {
        if self.isActive { self.socket.post(message, now: now) }
    }
}
