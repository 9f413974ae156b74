import Foundation

/// Every figure of a `broadcast`.
struct BroadcastReport: Codable {
    /// One server under one load, all rounds.
    struct Row: Codable {
        var server: ServerKind
        var connections: Int
        var mode: LoadMode
        var rounds: [BroadcastResult] = []
        var failures: [String] = []

        /// The median of the rounds.
        func median(_ value: (BroadcastResult) -> Double) -> Double { Figure.median(self.rounds.map(value)) }
    }

    var machine = Machine.current
    var date = Date()
    var messageBytes: Int
    var durability: String
    var rows: [Row] = []
    /// Servers that are not there, and why.
    var missing: [String: String] = [:]

    /// What is wrong with our own servers' figures: nothing if nobody has missed a message.
    var complaints: [String] {
        self.rows.filter(\.server.isOurs).flatMap { row in
            let (lost, outOfOrder) = (row.rounds.map(\.lost).reduce(0, +), row.rounds.map(\.outOfOrder).reduce(0, +))
            let losses = lost + outOfOrder > 0 ? ["\(lost) deliveries lost, \(outOfOrder) out of order"] : []
            return (losses + row.failures).map { "\(row.server.rawValue), \(row.connections) connections: \($0)" }
        }
    }

    mutating func add(_ outcome: Result<BroadcastResult, any Error>, server: ServerKind, connections: Int, mode: LoadMode) {
        let place = self.rows.firstIndex { $0.server == server && $0.connections == connections && $0.mode == mode }
        if place == nil { self.rows.append(Row(server: server, connections: connections, mode: mode)) }
        let index = place ?? self.rows.count - 1
        switch outcome {
        case .success(let result): self.rows[index].rounds.append(result)
        case .failure(let error): self.rows[index].failures.append("\(error)")
        }
    }
}
