/// What the generator measured of connecting, as it prints it.
struct ConnectResult: Codable {
    /// So many connections are open and idle; the figures of a handshake are of those since the step before.
    struct Step: Codable {
        var connections: Int
        var handshakesPerSecond: Double
        var serverMicrosecondsPerHandshake: Double
        /// Resident memory of the server above what it had without a connection, a connection.
        var bytesPerConnection: Double
    }

    var steps: [Step]
    /// From sending one message until the last connection had it.
    var broadcastMilliseconds: Double
    /// How many did not get that message.
    var lost: Int
    /// From SIGTERM until the last connection was closed, and until the server had ended; nil if it took too long.
    var drainSeconds: Double?
    var exitSeconds: Double?
}
