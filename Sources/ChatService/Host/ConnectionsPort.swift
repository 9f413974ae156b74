public import ChatProtocol

/// How a host reaches the clients: what ``ChatService`` needs besides a store.
///
/// On AWS it is API Gateway's `@connections`; in a test it is a recorder.
public protocol ConnectionsPort: Sendable {
    /// The longest event that can be sent, in bytes, where the host has a limit that a page of the history may exceed. Default: nil.
    var maximumEventBytes: Int? { get }

    /// Sends an event to one connection.
    ///
    /// - Throws: ``ConnectionGone`` if there is no such connection any more.
    func post(_ event: ChatEvent, to connectionId: String) async throws

    /// Sends events to every connection in a room, to each in their order. Those that are gone are passed over.
    ///
    /// - Parameter whenReached: called once, before this returns, when every connection has the events but for those that are slow: what
    ///   the room is told next need not wait for them. Not called if this throws.
    func publish(_ events: [ChatEvent], room: String, whenReached: @escaping @Sendable () async -> Void) async throws

    /// Ends a connection; not knowing it is no error.
    func close(connectionId: String, code: WebSocketCloseCode, reason: String) async throws
}

extension ConnectionsPort {
    public var maximumEventBytes: Int? { nil }

    /// Sends an event to every connection in a room.
    public func publish(_ event: ChatEvent, room: String) async throws {
        try await self.publish([event], room: room) {}
    }
}

/// There is no such connection any more.
public struct ConnectionGone: Error, Sendable, Hashable {
    public init() {}
}
