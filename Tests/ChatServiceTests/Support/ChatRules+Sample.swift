import ChatProtocol
import ChatService
import ChatStore
import Synchronization
import Testing

/// Numbers what would otherwise be random.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        self.value.withLock {
            $0 += 1
            return $0
        }
    }
}

extension ChatMessage.Sender {
    static let alice = ChatMessage.Sender(id: "sub-alice", name: "alice")
    static let bob = ChatMessage.Sender(id: "sub-bob", name: "bob")
}

extension ChatRules {
    /// Rules whose clock stands still and whose ids are m-1, m-2, m-3…
    static func sample(clock: ManualClock = ManualClock(), _ change: (inout ChatLimits) -> Void = { _ in }) -> ChatRules {
        var limits = ChatLimits()
        change(&limits)
        let ids = Counter()
        return ChatRules(limits: limits, now: { clock.now }, makeMessageId: { "m-\(ids.next())" })
    }

    /// What a text frame needs.
    func step(_ json: String, rooms: Set<String> = [ChatDefaults.room]) -> ChatStep {
        Array(json.utf8).withUnsafeBytes { self.begin($0, from: RoomMember(user: .alice, rooms: rooms)) }
    }

    func step(_ action: ChatAction, ref: String? = nil, rooms: Set<String> = [ChatDefaults.room]) -> ChatStep {
        self.begin(ChatRequest(action, ref: ref), from: RoomMember(user: .alice, rooms: rooms))
    }
}

extension ChatStep {
    /// The error that it answers with; nil if it is anything else.
    var error: ChatError? {
        guard case .answer(let event) = self, case .error(let error) = event.kind else { return nil }
        return error
    }

    var answer: ChatEvent? {
        if case .answer(let event) = self { event } else { nil }
    }

    var appended: NewMessage? {
        if case .append(let message, _) = self { message } else { nil }
    }

    var read: HistoryRead? {
        if case .readHistory(let read, _) = self { read } else { nil }
    }
}

/// So many bytes of text.
func text(_ count: Int, of character: Character = "x") -> String {
    let unit = String(character).utf8.count
    return String(repeating: character, count: count / unit) + String(repeating: "x", count: count % unit)
}
