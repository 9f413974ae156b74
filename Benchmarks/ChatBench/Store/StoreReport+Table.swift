extension StoreReport {
    /// A row for each durability.
    var table: String {
        var table = MarkdownTable([
            "durability", "SQLite, 1 a commit", "SQLite, 100 a commit", "group commit, \(self.senders) senders", "ratio to 100 a commit",
        ])
        for row in self.rows {
            guard let median = row.median else { continue }
            table.add([
                row.durability, Figure.integer(median.sqliteOneACommit), Figure.integer(median.sqliteHundredACommit),
                Figure.integer(median.groupCommit), Figure.short(median.ratio),
            ])
        }
        return table.description
    }
}
