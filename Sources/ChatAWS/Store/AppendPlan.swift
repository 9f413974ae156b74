import ChatProtocol
import ChatStore

/// Works out what an append has to write, without writing it.
///
/// The store reads how far each room has come and asks for an ``Attempt``. If somebody else took the numbers first it reads again; if a
/// client's id turns out to be used, the plan learns the first receipt. Then it asks anew.
struct AppendPlan {
    let messages: [NewMessage]
    private var known: [MessageClaim.Key: MessageReceipt] = [:]

    init(_ messages: [NewMessage]) {
        self.messages = messages
    }

    mutating func learn(_ receipts: [MessageClaim.Key: MessageReceipt]) {
        self.known.merge(receipts) { $1 }
    }

    /// The rooms that get a message, each once.
    var rooms: [String] {
        var seen: Set<ExactString> = []
        return self.messages.compactMap { message in
            if let key = MessageClaim.Key(message), self.known[key] != nil { return nil }
            return seen.insert(ExactString(message.room)).inserted ? message.room : nil
        }
    }

    /// - Parameter newest: the newest sequence of each of ``rooms``.
    func attempt(newest: [ExactString: Int64]) -> Attempt {
        var attempt = Attempt()
        var receipts = self.known
        var next = newest.mapValues { $0 + 1 }
        /// The run of each room that may still grow, and its size.
        var open: [ExactString: (index: Int, bytes: Int)] = [:]
        for message in self.messages {
            let key = MessageClaim.Key(message)
            if let key, let receipt = receipts[key] {
                attempt.outcomes.append(AppendOutcome(receipt: receipt, isNew: false))
                continue
            }
            let room = ExactString(message.room)
            let sequence = next[room] ?? 1
            next[room] = sequence + 1
            let receipt = MessageReceipt(room: message.room, sequence: sequence, messageId: message.messageId)
            attempt.outcomes.append(AppendOutcome(receipt: receipt, isNew: true))
            if let key {
                receipts[key] = receipt
                attempt.claims.append(MessageClaim(key: key, receipt: receipt))
            }
            let numbered = message.numbered(sequence)
            let bytes = MessageRun.attributes(of: numbered).size + 16
            if let run = open[room], run.bytes + bytes <= MessageRun.maximumBytes {
                attempt.runs[run.index].messages.append(numbered)
                open[room] = (run.index, run.bytes + bytes)
            } else {
                open[room] = (attempt.runs.count, bytes)
                attempt.runs.append(MessageRun(room: message.room, messages: [numbered]))
            }
        }
        return attempt
    }
}

extension AppendPlan {
    /// What would make an append durable if the rooms are still where they were read.
    struct Attempt: Sendable, Hashable {
        var runs: [MessageRun] = []
        var claims: [MessageClaim] = []
        /// What the append returns if this is written.
        var outcomes: [AppendOutcome] = []

        /// The runs, then the claims.
        func writes(to table: String) -> [DynamoDBWrite] {
            self.runs.map { .put($0.item, into: table, if: .isNew) } + self.claims.map { .put($0.item, into: table, if: .isNew) }
        }
    }
}
