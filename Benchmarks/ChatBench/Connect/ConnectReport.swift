import Foundation

/// Every figure of a `connect`.
struct ConnectReport: Codable {
    struct Row: Codable {
        var server: ServerKind
        var rounds: [ConnectResult] = []
        var failures: [String] = []

        /// The median of the rounds, for one step.
        func median(_ step: Int, _ value: (ConnectResult.Step) -> Double) -> Double {
            Figure.median(self.rounds.map { value($0.steps[step]) })
        }
    }

    var machine = Machine.current
    var date = Date()
    var steps: [Int]
    var rows: [Row] = []
    /// Servers that are not there, and why.
    var missing: [String: String] = [:]

    /// What is wrong with our own servers' figures: nothing if everybody was reached, and every server has ended when it was told to.
    var complaints: [String] {
        self.rows.filter(\.server.isOurs).flatMap { row in
            let losses = row.rounds.filter { $0.lost > 0 }.map { "\($0.lost) did not get the message" }
            let hangs = row.rounds.contains { $0.exitSeconds == nil } ? ["it did not end"] : []
            return (losses + hangs + row.failures).map { "\(row.server.rawValue): \($0)" }
        }
    }

    mutating func add(_ outcome: Result<ConnectResult, any Error>, server: ServerKind) {
        let place = self.rows.firstIndex { $0.server == server }
        if place == nil { self.rows.append(Row(server: server)) }
        let index = place ?? self.rows.count - 1
        switch outcome {
        case .success(let result): self.rows[index].rounds.append(result)
        case .failure(let error): self.rows[index].failures.append("\(error)")
        }
    }
}
