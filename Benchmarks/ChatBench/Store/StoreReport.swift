import Foundation

/// Every figure of a `store`: messages a second.
struct StoreReport: Codable {
    /// Three measurements that followed one another.
    struct Round: Codable {
        /// SQLite itself, a commit for each row.
        var sqliteOneACommit: Double
        /// SQLite itself, a commit for a hundred rows.
        var sqliteHundredACommit: Double
        var groupCommit: Double

        var ratio: Double { self.groupCommit / self.sqliteHundredACommit }
    }

    struct Row: Codable {
        var durability: String
        var rounds: [Round] = []

        /// The round whose ratio is the median; nil without rounds.
        var median: Round? {
            let sorted = self.rounds.sorted { $0.ratio < $1.ratio }
            return sorted.isEmpty ? nil : sorted[sorted.count / 2]
        }
    }

    var machine = Machine.current
    var date = Date()
    var senders: Int
    var rows: [Row] = []
}
