extension ConnectReport {
    /// A row for each server and step; what happens once stands in the last step's row.
    func table(servers: [ServerKind]) -> String {
        var table = MarkdownTable([
            "server", "connections", "handshakes/s", "server µs/handshake", "bytes/idle connection", "one message to all", "lost", "drain",
            "ended",
        ])
        for server in servers {
            let name = "\(server.rawValue) (\(server.about))"
            guard let row = self.rows.first(where: { $0.server == server }), !row.rounds.isEmpty else {
                let reason = self.rows.first { $0.server == server }?.failures.first.map { "failed: \($0)" }
                table.add(["\(server.rawValue): \(reason ?? self.missing[server.rawValue] ?? "not measured")"])
                continue
            }
            for (index, connections) in self.steps.enumerated() {
                var cells = [
                    index == 0 ? name : "", Figure.integer(Double(connections)),
                    Figure.integer(row.median(index, \.handshakesPerSecond)),
                    Figure.short(row.median(index, \.serverMicrosecondsPerHandshake)),
                    Figure.integer(row.median(index, \.bytesPerConnection)),
                ]
                if index == self.steps.count - 1 {
                    cells += [
                        Figure.time(microseconds: Figure.median(row.rounds.map(\.broadcastMilliseconds)) * 1000),
                        "\(row.rounds.reduce(0) { $0 + $1.lost })", self.seconds(row.rounds.map(\.drainSeconds)),
                        self.seconds(row.rounds.map(\.exitSeconds)),
                    ]
                }
                table.add(cells)
            }
        }
        return table.description
    }

    private func seconds(_ values: [Double?]) -> String {
        let known = values.compactMap { $0 }
        return known.count == values.count ? Figure.time(microseconds: Figure.median(known) * 1e6) : "not in 15 s"
    }
}
