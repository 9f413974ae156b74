extension ConnectReport {
    /// What a connection costs, over how many there are.
    var chart: String {
        func panel(_ title: String, _ unit: String, _ value: (ConnectResult.Step) -> Double) -> LineChart.Panel {
            LineChart.Panel(
                title: title, unit: unit,
                series: self.rows.filter { !$0.rounds.isEmpty }.map { row in
                    LineChart.Series(
                        label: row.server.rawValue, color: ServerKind.allCases.firstIndex(of: row.server) ?? 0,
                        points: self.steps.enumerated().map { (Double($0.element), row.median($0.offset, value)) })
                })
        }
        return LineChart(
            title: "Connections", subtitle: self.machine.description, xUnit: "connections",
            panels: [
                panel("Memory of an idle connection", "bytes resident in the server", \.bytesPerConnection),
                panel("Cost of a handshake", "server's processor time, microseconds", \.serverMicrosecondsPerHandshake),
            ]
        ).svg
    }
}
