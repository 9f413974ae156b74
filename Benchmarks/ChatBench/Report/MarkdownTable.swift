/// A table in Markdown, its columns aligned so that it can be read as it is too. All columns but the first are numbers.
struct MarkdownTable: CustomStringConvertible {
    private var rows: [[String]]

    init(_ header: [String]) {
        self.rows = [header]
    }

    mutating func add(_ row: [String]) {
        self.rows.append(row + Array(repeating: "", count: max(0, self.rows[0].count - row.count)))
    }

    var description: String {
        let widths = self.rows[0].indices.map { column in max(3, self.rows.map { $0[column].count }.max() ?? 0) }
        func line(_ row: [String]) -> String {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + blanks : blanks + cell.0
            }
            return "| \(cells.joined(separator: " | ")) |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        return ([line(self.rows[0]), "| \(rule.joined(separator: " | ")) |"] + self.rows.dropFirst().map(line)).joined(separator: "\n")
    }
}
