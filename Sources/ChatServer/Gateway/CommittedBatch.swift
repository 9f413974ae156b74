import ChatProtocol
import ChatService
import ChatStore
import ChatTransport

/// Whom to tell when a message is durable.
struct CommitTag: Sendable {
    var connection: GatewayConnection
    var ref: String?
}

/// What one commit means for the event loops, encoded once for all of them.
struct CommittedBatch: Sendable {
    struct Entry: Sendable {
        var sender: GatewayConnection
        /// What answers the sender.
        var reply: EncodedMessage
        /// What the room is told; nil where it was told before, or the message was not kept.
        var broadcast: Broadcast?
    }

    struct Broadcast: Sendable {
        var room: String
        var sequence: Int64
        var message: EncodedMessage
    }

    private(set) var entries: [Entry] = []
    private(set) var accepted = 0
    private(set) var repeated = 0
    private(set) var errors: [ChatErrorCode] = []

    init(_ committed: [GroupCommit<CommitTag>.Committed], rules: ChatRules) {
        self.entries.reserveCapacity(committed.count)
        for item in committed {
            switch item.result {
            case .success(let outcome):
                let effects = rules.appended(item.message, outcome: outcome, ref: item.tag.ref)
                let broadcast = effects.broadcast.map {
                    Broadcast(room: item.message.room, sequence: outcome.receipt.sequence, message: EncodedMessage($0))
                }
                self.entries.append(Entry(sender: item.tag.connection, reply: EncodedMessage(effects.receipt), broadcast: broadcast))
                if outcome.isNew { self.accepted += 1 } else { self.repeated += 1 }
            case .failure(let error):
                let event = rules.failed(error, ref: item.tag.ref)
                if case .error(let error) = event.kind { self.errors.append(error.code) }
                self.entries.append(Entry(sender: item.tag.connection, reply: EncodedMessage(event)))
            }
        }
    }
}

extension EncodedMessage {
    convenience init(_ event: ChatEvent) { self.init(.text, payload: event.encoded()) }
}
