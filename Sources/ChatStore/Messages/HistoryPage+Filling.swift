package import ChatProtocol

extension HistoryPage {
    /// Cuts what a backend found down to one page: at most `limit` messages and `maximumBytes` of text, but never none.
    ///
    /// - Parameter found: the messages nearest to where the page begins first, one more than `limit` if there are as many.
    package init(room: String, range: HistoryRange, nearestFirst found: some Sequence<ChatMessage>, limit: Int, maximumBytes: Int) {
        var messages: [ChatMessage] = []
        var bytes = 0
        var hasMore = false
        for message in found {
            bytes += message.message.utf8.count
            if messages.count == limit || (bytes > maximumBytes && !messages.isEmpty) {
                hasMore = true
                break
            }
            messages.append(message)
        }
        switch range {
        case .after: break
        case .newest, .before: messages.reverse()
        }
        self.init(room: room, messages: messages, hasMore: hasMore)
    }
}
