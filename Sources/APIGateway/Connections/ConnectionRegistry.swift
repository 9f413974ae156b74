import Synchronization

/// The open connections by id: from their 101 to their end.
final class ConnectionRegistry: Sendable {
    private let connections = Mutex<[String: APIConnection]>([:])

    var count: Int { self.connections.withLock { $0.count } }

    func add(_ connection: APIConnection) {
        self.connections.withLock { $0[connection.facts.connectionId] = connection }
    }

    func remove(_ connection: APIConnection) {
        self.connections.withLock { _ = $0.removeValue(forKey: connection.facts.connectionId) }
    }

    subscript(id: String) -> APIConnection? { self.connections.withLock { $0[id] } }
}

extension ConnectionRegistry: ManagedConnections {
    func post(_ body: [UInt8], to id: String) async -> PostOutcome {
        guard let connection = self[id] else { return .gone }
        return await connection.onLoop { $0.post(body) } ?? .gone
    }

    func status(of id: String) async -> ConnectionStatus? {
        guard let connection = self[id] else { return nil }
        return await connection.onLoop { $0.status } ?? nil
    }

    func close(_ id: String) async -> Bool {
        guard let connection = self[id] else { return false }
        return await connection.onLoop { $0.closeByRequest() } ?? false
    }
}
