import ChatProtocol

/// What `@connections` does to open connections.
protocol ManagedConnections: Sendable {
    /// Sends a connection a text message.
    func post(_ body: [UInt8], to id: String) async -> PostOutcome

    /// - Returns: nil if there is no such connection.
    func status(of id: String) async -> ConnectionStatus?

    /// Closes a connection.
    ///
    /// - Returns: whether there was one.
    func close(_ id: String) async -> Bool
}

enum PostOutcome: Sendable, Equatable {
    case posted
    /// There is no such connection.
    case gone
    /// The client does not read fast enough, and too much waits for it already.
    case bufferFull
}

struct ConnectionStatus: Sendable, Equatable {
    var connectedAt: Timestamp
    /// When a message last went either way.
    var lastActiveAt: Timestamp
    var sourceIp: String
    var userAgent: String?
}
