import ChatProtocol
import ChatService
import ChatStore
import ChatStoreSQLite
import Foundation

/// Runs the service as a Lambda function would: an event at a time, and for each a service that remembers nothing.
struct LambdaHost<Store: MessageStore & ConnectionStore>: Sendable {
    let clock = ManualClock()
    let store: Store
    let port: RecordingPort
    private let rules: ChatRules

    init(_ store: Store, _ change: (inout ChatLimits) -> Void = { _ in }) {
        self.store = store
        self.port = RecordingPort(connections: store, now: { [clock] in clock.now })
        self.rules = .sample(clock: self.clock, change)
    }

    private var service: ChatService {
        ChatService(
            rules: self.rules, messages: self.store, connections: self.store, port: self.port, now: { [clock] in clock.now })
    }

    /// `$connect`.
    func connect(_ id: String, _ sender: ChatMessage.Sender, expiresIn lifetime: Duration? = nil) async throws {
        let user = ConnectedUser(sender: sender, expiresAt: lifetime.map { self.clock.now + $0 })
        try await self.service.connect(id: id, user: user)
    }

    /// `$disconnect`.
    func disconnect(_ id: String) async throws {
        try await self.service.disconnect(id: id)
    }

    /// One message of a client, and what was sent because of it.
    @discardableResult
    func receive(_ json: String, from id: String) async throws -> [RecordingPort.Post] {
        try await self.service.receive(Array(json.utf8), from: id)
        return self.port.takePosts()
    }

    func rooms(of id: String) async throws -> Set<String>? {
        try await self.store.connection(id: id, now: self.clock.now)?.rooms
    }

    func members(of room: String) async throws -> [String] {
        try await self.store.connections(room: room, after: nil, limit: 100, now: self.clock.now)
    }
}

extension RecordingPort.Post {
    /// The answer to sending.
    static func accepted(_ connection: String, ref: String?, room: String = "general", sequence: Int64, id: String) -> Self {
        let receipt = MessageReceipt(room: room, sequence: sequence, messageId: id)
        return Self(connection: connection, event: ChatEvent(.messageAccepted(receipt), ref: ref))
    }

    static func error(_ connection: String, ref: String?, _ code: ChatErrorCode) -> (Self) -> Bool {
        { post in
            guard case .error(let error) = post.event.kind else { return false }
            return post.connection == connection && post.event.ref == ref && error.code == code
        }
    }

    /// The text of a message that was shown to a connection.
    var shown: String? {
        guard case .message(let message) = self.event.kind else { return nil }
        return "\(self.connection) \(message.room) \(message.sequence) \(message.sender.name): \(message.message)"
    }
}

func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
