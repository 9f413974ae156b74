extension BroadcastReport {
    /// What a delivery costs where the servers are driven as hard as they can be; what it takes where they are not.
    var chart: String {
        let panels = self.loads.map { load in
            let rows = self.rows.filter { $0.connections == load.connections && $0.mode == load.mode && !$0.rounds.isEmpty }
            func panel(_ title: String, _ unit: String, _ value: (Row) -> Double) -> BarChart.Panel {
                let title = "\(title): \(Figure.integer(Double(load.connections))) connections, \(load.mode)"
                return BarChart.Panel(
                    title: title, unit: unit,
                    bars: rows.map { BarChart.Bar(label: $0.server.about, value: value($0), isHighlighted: $0.server.isOurs) })
            }
            return switch load.mode {
            case .window:
                panel("Cost of a delivery", "server's processor time, microseconds a delivery; less is better") {
                    $0.median(\.serverMicrosecondsPerDelivery)
                }
            case .rate:
                panel("Latency at a fixed rate", "99th percentile, milliseconds from the intended time; less is better") {
                    $0.median(\.latency.p99) / 1000
                }
            }
        }
        return BarChart(
            title: "Broadcast to one room, \(self.messageBytes) bytes a message", subtitle: self.machine.description, panels: panels
        ).svg
    }
}
