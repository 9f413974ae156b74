import ChatProtocol

extension ChatClient {
    /// What a client remembers between two connections, without I/O: requests that wait for their answer, the rooms it is to be in,
    /// and how far it has come in each.
    ///
    /// Every request is safe to send twice (messages by their `clientMessageId`, the others by what they mean), so those that wait when
    /// a connection ends are sent again on the next.
    struct StateMachine {
        /// What a caller of ``ChatClient`` waits with.
        typealias RequestID = Int64

        enum Action: Equatable {
            case send(ChatRequest)
            case finish(RequestID, ChatEvent)
            case fail(RequestID, ChatError)
            case tell(ChatClientEvent)
            /// The connection is not what it has to be: end it and open another.
            case reconnect
        }

        private enum Purpose {
            case caller
            /// A caller's too: it has brought the client into the room, and takes it out if it fails.
            case enter(room: String)
            case rejoin(room: String)
            case catchUp(room: String)
        }

        private struct Pending {
            var request: ChatRequest
            var purpose: Purpose

            var isCallers: Bool {
                switch self.purpose {
                case .caller, .enter: true
                case .rejoin, .catchUp: false
                }
            }
        }

        private var pending: [RequestID: Pending] = [:]
        private var nextID: RequestID = 1
        private var rooms: [String: RoomProgress]
        private(set) var isConnected = false
        private let maximumPending: Int
        private let maximumCatchUp: Int64

        init(rooms: Set<String>, maximumPending: Int, maximumCatchUp: Int64) {
            self.maximumPending = maximumPending
            self.maximumCatchUp = maximumCatchUp
            self.rooms = Dictionary(uniqueKeysWithValues: rooms.map { ($0, RoomProgress(maximumCatchUp: maximumCatchUp)) })
        }

        /// A connection is open: back into the rooms, then everything again that has no answer yet, in its order.
        mutating func connected() -> [Action] {
            self.isConnected = true
            var actions: [Action] = [.tell(.connected)]
            for room in self.rooms.keys.sorted() {
                actions.append(self.add(.joinRoom(room: room), purpose: .rejoin(room: room)))
            }
            let again = self.pending.filter(\.value.isCallers)
            for (_, pending) in again.sorted(by: { $0.key < $1.key }) { actions.append(.send(pending.request)) }
            return actions
        }

        mutating func disconnected() {
            self.isConnected = false
            // What the client asks of its own accord is asked anew on the next connection.
            self.pending = self.pending.filter(\.value.isCallers)
            for room in self.rooms.keys { self.rooms[room]?.fetchEnded() }
        }

        /// - Returns: the id to wait with, and what to send at once (nothing while there is no connection); nil if too many wait.
        mutating func request(_ action: ChatAction) -> (id: RequestID, actions: [Action])? {
            guard self.pending.count < self.maximumPending else { return nil }
            let id = self.nextID
            var purpose = Purpose.caller
            switch action {
            case .joinRoom(let room) where self.rooms[room] == nil:
                self.rooms[room] = RoomProgress(maximumCatchUp: self.maximumCatchUp)
                purpose = .enter(room: room)
            case .leaveRoom(let room): self.rooms[room] = nil
            default: break
            }
            let send = self.add(action, purpose: purpose)
            return (id, self.isConnected ? [send] : [])
        }

        /// The caller waits no longer.
        mutating func forget(_ id: RequestID) {
            self.pending[id] = nil
        }

        mutating func receive(_ event: ChatEvent) -> [Action] {
            switch event.kind {
            case .message(let message):
                guard var room = self.rooms[message.room] else { return [] }
                defer { self.rooms[message.room] = room }
                return self.perform(room.receive(message), room: message.room)
            case .gap(let gap):
                guard var room = self.rooms[gap.room] else { return [] }
                defer { self.rooms[gap.room] = room }
                return self.perform(room.receive(gap), room: gap.room)
            case .unknown: return [.tell(.other(event))]
            default:
                guard let ref = event.ref, let id = RequestID(ref), let pending = self.pending.removeValue(forKey: id) else { return [] }
                return self.answered(pending, id: id, by: event)
            }
        }

        private mutating func answered(_ pending: Pending, id: RequestID, by event: ChatEvent) -> [Action] {
            switch (pending.purpose, event.kind) {
            case (.caller, .error(let error)): return [.fail(id, error)]
            case (.enter(let room), .error(let error)):
                self.rooms[room] = nil
                return [.fail(id, error)]
            case (.caller, .joined(let position)), (.enter, .joined(let position)): return [.finish(id, event)] + self.joined(position)
            case (.caller, _), (.enter, _): return [.finish(id, event)]
            case (.rejoin, .joined(let position)): return self.joined(position)
            case (.catchUp(let name), .history(let page)):
                guard var room = self.rooms[name] else { return [] }
                let actions = room.receive(page)
                self.rooms[name] = room
                return self.perform(actions, room: name)
            case (.catchUp(let room), .error(let error)):
                self.rooms[room]?.fetchEnded()
                // In a room where nothing more is said, nothing else would show that messages are missing.
                return Self.mayPass(error) ? [.reconnect] : []
            case (.catchUp(let room), _):
                self.rooms[room]?.fetchEnded()
                return []
            case (.rejoin(let room), .error(let error)):
                if Self.mayPass(error) { return [.reconnect] }
                // Another try would end the same.
                self.rooms[room] = nil
                return [.tell(.other(event))]
            case (.rejoin, _): return []
            }
        }

        /// Whether another try may end otherwise.
        private static func mayPass(_ error: ChatError) -> Bool {
            error.code == .unavailable || error.code == .internalError
        }

        private mutating func joined(_ position: RoomPosition) -> [Action] {
            guard var room = self.rooms[position.room] else { return [] }
            let actions = room.joined(position)
            self.rooms[position.room] = room
            return self.perform(actions, room: position.room)
        }

        private mutating func perform(_ actions: [RoomProgress.Action], room: String) -> [Action] {
            actions.map { action in
                switch action {
                case .deliver(let message): .tell(.message(message))
                case .missed(let range): .tell(.missed(room: room, range))
                case .restarted: .tell(.restarted(room: room))
                case .fetch(let after): self.add(.history(HistoryQuery(room: room, after: after)), purpose: .catchUp(room: room))
                }
            }
        }

        private mutating func add(_ action: ChatAction, purpose: Purpose) -> Action {
            let id = self.nextID
            self.nextID += 1
            let request = ChatRequest(action, ref: String(id))
            self.pending[id] = Pending(request: request, purpose: purpose)
            return .send(request)
        }
    }
}
