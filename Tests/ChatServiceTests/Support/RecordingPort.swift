import ChatProtocol
import ChatService
import ChatStore
import Synchronization

/// Keeps what would have been sent, as a host without memory sends it: a room's connections are whom the store names.
final class RecordingPort: ConnectionsPort {
    struct Post: Hashable, CustomStringConvertible {
        var connection: String
        var event: ChatEvent

        var description: String { "\(self.connection) < \(String(decoding: self.event.encoded(), as: UTF8.self))" }
    }

    struct Closing: Hashable {
        var connection: String
        var code: WebSocketCloseCode
    }

    /// The network, say.
    struct Unreachable: Error {}

    private struct State {
        var posts: [Post] = []
        var closings: [Closing] = []
        var gone: Set<String> = []
        var unreachable: Set<String> = []
        var isPublishFailing = false
        var publishHold: (@Sendable () async -> Void)?
        var slowTo: [String: Duration] = [:]
    }

    private let state = Mutex(State())
    private let connections: any ConnectionStore
    private let now: @Sendable () -> Timestamp

    init(connections: any ConnectionStore, now: @escaping @Sendable () -> Timestamp) {
        self.connections = connections
        self.now = now
    }

    var closings: [Closing] { self.state.withLock(\.closings) }

    /// What was sent since this was last asked.
    func takePosts() -> [Post] {
        self.state.withLock { state in
            defer { state.posts = [] }
            return state.posts
        }
    }

    /// The connection has ended and nobody has said so yet.
    func lose(_ connection: String) {
        self.state.withLock { _ = $0.gone.insert(connection) }
    }

    /// Whether posting to it fails for another reason than that.
    func setUnreachable(_ connection: String) {
        self.state.withLock { _ = $0.unreachable.insert(connection) }
    }

    /// The way to it is slow: a post takes so long, and is given up if whoever posts is cancelled.
    func slowDown(_ connection: String, by time: Duration) {
        self.state.withLock { $0.slowTo[connection] = time }
    }

    func failPublishing() {
        self.state.withLock { $0.isPublishFailing = true }
    }

    /// Every publishing first waits for this.
    func holdPublishing(_ hold: @escaping @Sendable () async -> Void) {
        self.state.withLock { $0.publishHold = hold }
    }

    func post(_ event: ChatEvent, to connectionId: String) async throws {
        if let time = self.state.withLock({ $0.slowTo[connectionId] }) { try await Task.sleep(for: time) }
        try self.state.withLock { state in
            if state.gone.contains(connectionId) { throw ConnectionGone() }
            if state.unreachable.contains(connectionId) { throw Unreachable() }
            state.posts.append(Post(connection: connectionId, event: event))
        }
    }

    func publish(_ events: [ChatEvent], room: String, whenReached: @escaping @Sendable () async -> Void) async throws {
        if self.state.withLock({ $0.isPublishFailing }) { throw Unreachable() }
        await self.state.withLock(\.publishHold)?()
        for event in events { try await self.publishOne(event, room: room) }
        await whenReached()
    }

    private func publishOne(_ event: ChatEvent, room: String) async throws {
        var last: String?
        while true {
            let page = try await self.connections.connections(room: room, after: last, limit: 2, now: self.now())
            for id in page {
                do { try await self.post(event, to: id) } catch is ConnectionGone { try? await self.connections.remove(id: id) } catch {}
            }
            guard page.count == 2 else { return }
            last = page.last
        }
    }

    func close(connectionId: String, code: WebSocketCloseCode, reason: String) async throws {
        self.state.withLock { $0.closings.append(Closing(connection: connectionId, code: code)) }
    }
}
