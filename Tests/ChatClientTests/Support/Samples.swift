import ChatProtocol

@testable import ChatClient

extension ChatMessage {
    static func sample(_ sequence: Int64, room: String = "general") -> ChatMessage {
        ChatMessage(
            room: room, sequence: sequence, messageId: "m-\(sequence)", sender: Sender(id: "sub-bob", name: "bob"),
            message: "\(sequence)", sentAt: Timestamp(millisecondsSinceEpoch: 0))
    }
}

extension HistoryPage {
    static func sample(_ sequences: some Sequence<Int64>, room: String = "general", hasMore: Bool = false) -> HistoryPage {
        HistoryPage(room: room, messages: sequences.map { .sample($0, room: room) }, hasMore: hasMore)
    }
}

extension RoomPosition {
    static func sample(_ sequence: Int64, room: String = "general", epoch: String = "e1") -> RoomPosition {
        RoomPosition(room: room, sequence: sequence, epoch: epoch)
    }
}

extension ChatClient.StateMachine {
    static func sample(rooms: Set<String> = ["general"], maximumPending: Int = 10, maximumCatchUp: Int64 = 1000) -> Self {
        Self(rooms: rooms, maximumPending: maximumPending, maximumCatchUp: maximumCatchUp)
    }

    /// A machine that is connected and in `general`, whose last message was `sequence`.
    static func inGeneral(_ sequence: Int64 = 0, maximumPending: Int = 10, maximumCatchUp: Int64 = 1000) -> Self {
        var machine = Self.sample(maximumPending: maximumPending, maximumCatchUp: maximumCatchUp)
        let ref = machine.connected().requests.first?.ref
        _ = machine.receive(ChatEvent(.joined(.sample(sequence)), ref: ref))
        return machine
    }

    struct Refused: Error {}

    /// A request that may wait.
    mutating func ask(_ action: ChatAction) throws -> (id: RequestID, actions: [Action]) {
        guard let request = self.request(action) else { throw Refused() }
        return request
    }

    mutating func hear(_ sequence: Int64, room: String = "general") -> [Action] {
        self.receive(ChatEvent(.message(.sample(sequence, room: room))))
    }

    mutating func fail(_ code: ChatErrorCode, _ request: ChatRequest?) -> [Action] {
        self.receive(ChatEvent(.error(ChatError(code, "")), ref: request?.ref))
    }
}

extension [ChatClient.StateMachine.Action] {
    /// What is to be sent.
    var requests: [ChatRequest] {
        self.compactMap { if case .send(let request) = $0 { request } else { nil } }
    }

    /// What the user of the client is told.
    var told: [ChatClientEvent] {
        self.compactMap { if case .tell(let event) = $0 { event } else { nil } }
    }

    /// The sequences of the messages that are shown.
    var shown: [Int64] {
        self.told.compactMap { if case .message(let message) = $0 { message.sequence } else { nil } }
    }
}

/// What a test was waiting for is not what came.
struct Missing: Error {}
