extension BroadcastReport {
    /// A table for each load.
    func tables(servers: [ServerKind]) -> String {
        // Without a server there is no load either, only what is missing.
        if self.rows.isEmpty { return self.table([], servers: servers) }
        return self.loads.map { load in
            let rows = self.rows.filter { $0.connections == load.connections && $0.mode == load.mode }
            let title = "\(Figure.integer(Double(load.connections))) connections, \(load.mode), \(self.messageBytes) bytes a message"
            return "\(title)\n\n\(self.table(rows, servers: servers))"
        }.joined(separator: "\n\n")
    }

    /// The loads in the order in which they were put on.
    var loads: [(connections: Int, mode: LoadMode)] {
        self.rows.reduce(into: []) { loads, row in
            guard !loads.contains(where: { $0.connections == row.connections && $0.mode == row.mode }) else { return }
            loads.append((row.connections, row.mode))
        }
    }

    private func table(_ rows: [Row], servers: [ServerKind]) -> String {
        var table = MarkdownTable([
            "server", "deliveries/s", "server µs/delivery", "to c-limit", "to raw-chat-bytes", "server busy", "load busy", "delivery p50",
            "p99", "p99.9",
            "to everybody p50", "p99", "lost", "out of order",
        ])
        let limit = rows.first { $0.server == .limit }
        let padded = rows.first { $0.server == .rawPadded }
        for server in servers {
            let name = "\(server.rawValue) (\(server.about))"
            guard let row = rows.first(where: { $0.server == server }), !row.rounds.isEmpty else {
                let reason = rows.first { $0.server == server }?.failures.first.map { "failed: \($0)" }
                table.add(["\(server.rawValue): \(reason ?? self.missing[server.rawValue] ?? "not measured")"])
                continue
            }
            table.add([
                row.failures.isEmpty ? name : "\(name), \(row.failures.count) rounds failed",
                Figure.integer(row.median(\.deliveriesPerSecond)), Figure.short(row.median(\.serverMicrosecondsPerDelivery)),
                self.ratio(row, to: limit), row.server == .chat ? self.ratio(row, to: padded) : "",
                Figure.percent(row.median(\.serverBusy)), Figure.percent(row.median(\.loadBusy)),
                Figure.time(microseconds: row.median(\.latency.p50)), Figure.time(microseconds: row.median(\.latency.p99)),
                Figure.time(microseconds: row.median(\.latency.p999)), Figure.time(microseconds: row.median(\.fanOut.p50)),
                Figure.time(microseconds: row.median(\.fanOut.p99)), "\(row.rounds.reduce(0) { $0 + $1.lost })",
                "\(row.rounds.reduce(0) { $0 + $1.outOfOrder })",
            ])
        }
        return table.description
    }

    /// The median of the ratios within each round, since a round's figures were taken close together.
    private func ratio(_ row: Row, to limit: Row?) -> String {
        guard let limit, limit.failures.isEmpty, row.failures.isEmpty, !limit.rounds.isEmpty else { return "" }
        let ratios = zip(row.rounds, limit.rounds).map { $0.serverMicrosecondsPerDelivery / $1.serverMicrosecondsPerDelivery }
        return Figure.short(Figure.median(ratios))
    }
}
