extension CodecReport {
    /// A row for each operation.
    var table: String {
        let unavailable = self.unavailable ?? ""
        var table = MarkdownTable(["operation", "nanoseconds", "instructions", "allocations"])
        for row in self.rows {
            table.add([
                "\(row.operation) (\(row.about))", Figure.short(row.nanoseconds.best),
                row.instructions.map(Figure.integer) ?? unavailable, row.allocations.map(Figure.short) ?? unavailable,
            ])
        }
        return table.description
    }
}
