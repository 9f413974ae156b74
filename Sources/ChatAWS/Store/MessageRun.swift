import ChatProtocol
import ChatStore

/// Messages of one room that follow one another, kept as one item whose sort key is the first one's sequence.
///
/// What was appended by one call to one room lies in as few items as possible, for one message in one: an item costs by the kilobyte,
/// and each one more in a transaction costs anew.
struct MessageRun: Sendable, Hashable {
    /// The most bytes that are put into one item with others; DynamoDB takes 400 KB.
    static let maximumBytes = 300_000

    var room: String
    /// At least one.
    var messages: [ChatMessage]

    var first: Int64 { self.messages[0].sequence }
    var last: Int64 { self.first + Int64(self.messages.count) - 1 }

    /// Whether both were made by the same call: ids of messages are given once.
    func isSame(as other: Self) -> Bool { self.messages[0].messageId == other.messages[0].messageId }
}

extension MessageRun {
    static func partition(room: String) -> String { StoreKey.partition("room", room) }

    /// A sequence as text that sorts as the number does: 19 digits, as many as the greatest has. There is none below 0.
    static func sortKey(_ sequence: Int64) -> AttributeValue {
        let digits = String(max(sequence, 0))
        return .string(String(repeating: "0", count: 19 - digits.count) + digits)
    }

    var key: AttributeMap { ["pk": .string(Self.partition(room: self.room)), "sk": Self.sortKey(self.first)] }

    var item: AttributeMap {
        var item = self.key
        item["messages"] = .list(self.messages.map { .map(Self.attributes(of: $0)) })
        return item
    }

    static func attributes(of message: ChatMessage) -> AttributeMap {
        var attributes: AttributeMap = [
            "messageId": .string(message.messageId), "senderId": .string(message.sender.id), "senderName": .string(message.sender.name),
            "message": .string(message.message), "sentAt": .integer(message.sentAt.millisecondsSinceEpoch),
        ]
        attributes["clientMessageId"] = message.clientMessageId.map { .string($0) }
        return attributes
    }

    /// - Parameter room: the name that the partition was found by.
    /// - Throws: ``StoreError`` with `failed` if the item is none that ``item`` makes.
    init(room: String, item: AttributeMap) throws(StoreError) {
        guard let first = item["sk"]?.string.flatMap({ Int64($0) }), first > 0, let list = item["messages"]?.list, !list.isEmpty else {
            throw StoreError(.failed, "An item of a room is damaged.")
        }
        self.room = room
        self.messages = []
        for (index, element) in list.enumerated() {
            guard let attributes = element.map, let id = attributes["messageId"]?.string, let sender = attributes["senderId"]?.string,
                let name = attributes["senderName"]?.string, let text = attributes["message"]?.string,
                let sentAt = attributes["sentAt"]?.integer
            else { throw StoreError(.failed, "A message is damaged.") }
            self.messages.append(
                ChatMessage(
                    room: room, sequence: first + Int64(index), messageId: id, sender: ChatMessage.Sender(id: sender, name: name),
                    message: text, sentAt: Timestamp(millisecondsSinceEpoch: sentAt),
                    clientMessageId: attributes["clientMessageId"]?.string))
        }
    }
}
