import ChatProtocol
import ChatStore

/// The item that says that a sender has used a `clientMessageId` in a room, and for which message.
struct MessageClaim: Sendable, Hashable {
    /// Whose id, and where: what may be used once.
    struct Key: Sendable, Hashable {
        var room: ExactString
        var sender: ExactString
        var clientMessageId: ExactString

        /// The key of the message, or nil if its sender did not name it.
        init?(_ message: NewMessage) {
            guard let id = message.clientMessageId else { return nil }
            self.room = ExactString(message.room)
            self.sender = ExactString(message.sender.id)
            self.clientMessageId = ExactString(id)
        }

        /// A partition of its own, so that repetitions are no burden on the room's.
        var attributes: AttributeMap {
            let digest = StoreKey.digest([self.room.string, self.sender.string, self.clientMessageId.string])
            return ["pk": .string("claim#\(digest)"), "sk": .string("claim")]
        }
    }

    var key: Key
    var receipt: MessageReceipt

    var item: AttributeMap {
        var item = self.key.attributes
        item["sequence"] = .integer(self.receipt.sequence)
        item["messageId"] = .string(self.receipt.messageId)
        return item
    }

    /// The receipt that an item of this key holds.
    static func receipt(in item: AttributeMap, room: String) throws(StoreError) -> MessageReceipt {
        guard let sequence = item["sequence"]?.integer, let messageId = item["messageId"]?.string else {
            throw StoreError(.failed, "The claim of a client's id is damaged.")
        }
        return MessageReceipt(room: room, sequence: sequence, messageId: messageId)
    }
}
