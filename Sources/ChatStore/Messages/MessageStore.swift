public import ChatProtocol

/// Keeps the messages of every room, numbered 1, 2, 3… without gaps.
///
/// Rooms, senders and client message ids are the same if their bytes in UTF-8 are: nothing is normalised.
public protocol MessageStore: Sendable {
    /// Appends messages in the order given, each to its room, all or none.
    ///
    /// When this returns, every message is as durable as the store was set up to be. A message whose `clientMessageId` its
    /// sender has used in that room before is not kept again: its outcome is the first receipt.
    ///
    /// - Returns: one outcome a message, in the same order.
    /// - Throws: ``StoreError``; then nothing of the call was kept.
    func append(_ messages: [NewMessage]) async throws -> [AppendOutcome]

    /// Appends messages as ``append(_:)`` does, for callers that do not await: whoever commits one batch after another is spared a task and its
    /// changes of thread for each.
    ///
    /// Default: a task of its own that awaits ``append(_:)``.
    ///
    /// - Parameter completion: called once, with what ``append(_:)`` would return or throw; on any thread, but
    ///   never from within this call.
    func append(_ messages: [NewMessage], completion: @escaping @Sendable (Result<[AppendOutcome], any Error>) -> Void)

    /// The most messages that ``append(_:)`` takes in one call. Default: as many as one likes.
    var maximumAppend: Int { get }

    /// A page of a room's messages, oldest first.
    ///
    /// - Parameters:
    ///   - limit: the most messages, at least 1.
    ///   - maximumBytes: the page ends, with `hasMore`, before the message whose text would exceed this; the first always fits.
    func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage

    /// The newest sequence of a room, 0 if it has none, and the epoch that its numbers belong to.
    func position(room: String) async throws -> RoomPosition
}

extension MessageStore {
    public var maximumAppend: Int { .max }

    public func append(_ messages: [NewMessage], completion: @escaping @Sendable (Result<[AppendOutcome], any Error>) -> Void) {
        Task {
            let result: Result<[AppendOutcome], any Error>
            do { result = .success(try await self.append(messages)) } catch { result = .failure(error) }
            completion(result)
        }
    }
}

/// A message that has everything but its place in the room.
public struct NewMessage: Sendable, Hashable {
    public var room: String
    /// Unique among all messages.
    public var messageId: String
    public var sender: ChatMessage.Sender
    public var message: String
    public var sentAt: Timestamp
    public var clientMessageId: String?

    public init(
        room: String, messageId: String, sender: ChatMessage.Sender, message: String, sentAt: Timestamp, clientMessageId: String? = nil
    ) {
        self.room = room
        self.messageId = messageId
        self.sender = sender
        self.message = message
        self.sentAt = sentAt
        self.clientMessageId = clientMessageId
    }

    /// The message with its place in the room.
    public func numbered(_ sequence: Int64) -> ChatMessage {
        ChatMessage(
            room: self.room, sequence: sequence, messageId: self.messageId, sender: self.sender, message: self.message,
            sentAt: self.sentAt, clientMessageId: self.clientMessageId)
    }
}

/// What became of a message that was to be appended.
public struct AppendOutcome: Sendable, Hashable {
    public var receipt: MessageReceipt
    /// False if the message was there already, under the same `clientMessageId`: then nobody is to be told of it again.
    public var isNew: Bool

    public init(receipt: MessageReceipt, isNew: Bool) {
        self.receipt = receipt
        self.isNew = isNew
    }
}

/// Where in a room a history page begins.
public enum HistoryRange: Sendable, Hashable {
    /// The newest messages.
    case newest
    /// The nearest messages with a lower sequence.
    case before(Int64)
    /// The nearest messages with a higher sequence.
    case after(Int64)
}
