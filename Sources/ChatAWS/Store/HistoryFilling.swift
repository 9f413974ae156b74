import ChatProtocol
import ChatStore

/// Collects the messages of a page from the runs that a query finds, nearest first.
struct HistoryFilling {
    private let range: HistoryRange
    private let limit: Int
    private let maximumBytes: Int
    private var found: [ChatMessage] = []
    private var bytes = 0
    /// Whether the messages end where one is missing that others follow.
    private(set) var endsAtGap = false

    init(range: HistoryRange, limit: Int, maximumBytes: Int) {
        self.range = range
        self.limit = limit
        self.maximumBytes = maximumBytes
    }

    /// Whether there is more than a page can have. The first message fits whatever its size, so it takes a second to know.
    var isFull: Bool { self.found.count > self.limit || self.endsAtGap || (self.bytes > self.maximumBytes && self.found.count >= 2) }

    mutating func take(_ run: MessageRun) {
        switch self.range {
        case .newest: self.append(run.messages.reversed())
        case .before(let sequence): self.append(run.messages.reversed().drop { $0.sequence >= sequence })
        case .after(let sequence): self.append(run.messages.drop { $0.sequence <= sequence })
        }
    }

    /// Puts a run before all others: the one in which a page after a sequence begins.
    mutating func takeFirst(_ run: MessageRun) {
        let others = self.found
        (self.found, self.bytes, self.endsAtGap) = ([], 0, false)
        self.take(run)
        self.append(others[...])
    }

    /// The last sequence before a page, if its messages do not begin right after it. Sequences have no gaps, so a run that begins
    /// earlier has what is missing, if anything has.
    var missingBefore: Int64? {
        guard case .after(let sequence) = self.range, sequence >= 1 else { return nil }
        return self.found.first.map { $0.sequence - 1 == sequence } == true ? nil : sequence
    }

    /// A query is no snapshot: forwards, it may pass a number just before it is taken, and then see the next one. The page ends there,
    /// since who asks for what comes after it would never see the message between.
    private mutating func append(_ messages: some Sequence<ChatMessage>) {
        for message in messages where !self.isFull {
            if case .after = self.range, let last = self.found.last, message.sequence != last.sequence + 1 {
                self.endsAtGap = true
                return
            }
            self.found.append(message)
            self.bytes += message.message.utf8.count
        }
    }

    func page(room: String) -> HistoryPage {
        var page = HistoryPage(room: room, range: self.range, nearestFirst: self.found, limit: self.limit, maximumBytes: self.maximumBytes)
        if self.endsAtGap { page.hasMore = true }
        return page
    }
}
