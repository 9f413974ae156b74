public import ChatProtocol
public import ChatService
public import ChatStore
public import Logging

/// Reaches the clients through API Gateway's `@connections`.
///
/// Closing ends a connection without the code and the reason: the client sees 1000, since API Gateway takes none.
public struct APIGatewayConnectionsPort: ConnectionsPort {
    /// How an event goes to a room.
    public struct Configuration: Sendable, Hashable {
        /// Posts that are under way at once. Default 64: what API Gateway answers in a few milliseconds each is then some thousand
        /// a second. More would take a larger share of the 10,000 requests a second that an account has.
        public var maximumConcurrency = 64
        /// Members of a room that are read at a time. Default 500.
        public var pageSize = 500
        /// How long the room's next message waits for connections that are slow to take this one. Default 500 ms.
        public var patience: Duration = .milliseconds(500)

        public init() {}
    }

    private let client: ConnectionsClient
    private let connections: any ConnectionStore
    private let configuration: Configuration
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let report: @Sendable (FanOut) -> Void

    /// - Parameters:
    ///   - connections: says who is in a room; forgets those that are gone.
    ///   - report: is told what became of each event that was published, for metrics.
    public init(
        client: ConnectionsClient, connections: any ConnectionStore, configuration: Configuration = Configuration(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp = { .now() }, report: @escaping @Sendable (FanOut) -> Void = { _ in }
    ) {
        self.client = client
        self.connections = connections
        self.configuration = configuration
        self.logger = logger
        self.now = now
        self.report = report
    }

    public func post(_ event: ChatEvent, to connectionId: String) async throws {
        do {
            try await self.client.post(event.encoded(), to: connectionId)
        } catch let error as ConnectionsError where error.code == .gone {
            throw ConnectionGone()
        }
    }

    /// Sends events to everybody in a room, to each in their order.
    ///
    /// One connection that cannot be reached keeps no other from getting them; it is counted and logged.
    ///
    /// - Throws: what the store threw when the room could not be read; those who were read before have got them.
    public func publish(_ events: [ChatEvent], room: String, whenReached: @escaping @Sendable () async -> Void) async throws {
        let payloads = events.map { $0.encoded() }  // Once for all.
        // What is longer than usual may take longer than usual.
        let patience = self.configuration.patience + .milliseconds(20) * (events.count - 1)
        let start = ContinuousClock.now
        let (fanOut, failure) = await withTaskGroup(of: Sign.self) { group in
            var fanOut = FanOut()
            var posts = PostsUnderWay(maximumConcurrency: self.configuration.maximumConcurrency, patience: patience)
            /// Waits for a post to end, or for some to turn out to be slow.
            func wait() async {
                switch await group.next() {
                case .delivered(let number, let delivery)?:
                    posts.end(number)
                    fanOut.add(delivery)
                case .tick?:
                    posts.tick(now: .now)
                    // Who was cancelled would get one tick after another, without a pause, until the posts have ended.
                    if !Task.isCancelled { tick() }
                case nil: break
                }
            }
            func tick() {
                group.addTask {
                    try? await Task.sleep(for: patience / 2)
                    return .tick
                }
            }
            tick()
            do {
                var last: String?
                while true {
                    let members = try await self.connections.connections(
                        room: room, after: last, limit: self.configuration.pageSize, now: self.now())
                    for member in members {
                        while posts.isFull { await wait() }
                        let number = posts.begin(now: .now)
                        group.addTask { .delivered(number, await self.deliver(payloads, to: member, room: room)) }
                    }
                    last = members.last
                    if members.count < self.configuration.pageSize { break }
                }
            } catch {
                while posts.count > 0 { await wait() }
                group.cancelAll()
                return (fanOut, error as (any Error)?)
            }
            while !posts.isReached { await wait() }
            await whenReached()
            while posts.count > 0 { await wait() }
            group.cancelAll()
            return (fanOut, nil)
        }
        var finished = fanOut
        finished.duration = ContinuousClock.now - start
        self.report(finished)
        if let failure { throw failure }
    }

    /// What the publisher waits for.
    private enum Sign: Sendable {
        case delivered(Int, FanOut)
        case tick
    }

    public var maximumEventBytes: Int? { ConnectionsClient.maximumPayloadBytes }

    public func close(connectionId: String, code: WebSocketCloseCode, reason: String) async throws {
        do {
            try await self.client.delete(connectionId)
        } catch let error as ConnectionsError where error.code == .gone {}
    }

    /// - Returns: what became of the events that were sent to one connection.
    private func deliver(_ payloads: [[UInt8]], to connectionId: String, room: String) async -> FanOut {
        var fanOut = FanOut()
        for payload in payloads {
            let delivery = await self.deliver(payload, to: connectionId, room: room)
            fanOut.count(delivery)
            // It has a gap now, which it sees by the numbers; the rest would take as long each.
            if delivery != .delivered { break }
        }
        return fanOut
    }

    private func deliver(_ payload: [UInt8], to connectionId: String, room: String) async -> FanOut.Delivery {
        do {
            try await self.client.post(payload, to: connectionId)
            return .delivered
        } catch let error as ConnectionsError where error.code == .gone {
            return await self.forget(connectionId, room: room)
        } catch {
            self.logger.warning(
                "An event could not be delivered.",
                metadata: [
                    "chat.connection": "\(connectionId)",
                    "chat.reason": "\((error as? ConnectionsError)?.shortDescription ?? "\(type(of: error))")",
                ])
            return .failed
        }
    }

    /// That it fails is no loss: the next event finds the connection gone again, and in the end it expires.
    ///
    /// API Gateway says that a connection is gone, too, while its `$connect` has not returned yet: such a one is kept.
    private func forget(_ connectionId: String, room: String) async -> FanOut.Delivery {
        do {
            let now = self.now()
            if let connection = try await self.connections.connection(id: connectionId, now: now),
                now < connection.connectedAt + Self.connectTime
            {
                return .connecting
            }
            try await self.connections.remove(id: connectionId)
            // It may be in the room's index alone, if it was forgotten while it joined.
            try await self.connections.leave(room: room, connectionId: connectionId)
        } catch {
            self.logger.warning("A connection that is gone could not be forgotten.", metadata: ["chat.connection": "\(connectionId)"])
        }
        return .gone
    }

    /// What `$connect` may take.
    private static let connectTime: Duration = .seconds(10)
}
