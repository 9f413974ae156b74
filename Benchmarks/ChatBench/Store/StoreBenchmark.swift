import ArgumentParser
import ChatProtocol
import ChatService
import ChatStore
import ChatStoreSQLite
import Foundation

/// Messages kept a second by concurrent senders who each wait for their receipt, beside what SQLite itself does with the same rows.
struct StoreBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Messages appended a second, beside SQLite's own ceiling for the same rows.")

    @OptionGroup var report: FigureOptions

    @Option(help: "Senders at once.")
    var senders = 100

    @Option(help: "Seconds a measurement.")
    var seconds = 2.0

    @Option(help: "Rounds; the measurements of a round follow one another, and the median round is shown.")
    var rounds = 3

    @Option(help: "Where the files are made. Default: the working folder, since a memory file system would not be a disk.")
    var folder = "."

    func validate() throws {
        guard (1...1000).contains(self.senders) else { throw ValidationError("--senders must be between 1 and 1000.") }
        guard self.rounds > 0, self.seconds > 0 else { throw ValidationError("--rounds and --seconds must be more than 0.") }
    }

    func run() async throws {
        var figures = StoreReport(senders: self.senders)
        for durability in [SQLiteStore.Durability.power, .process] {
            var row = StoreReport.Row(durability: durability.rawValue)
            for _ in 0..<self.rounds { row.rounds.append(try await self.round(durability)) }
            figures.rows.append(row)
        }
        print(figures.table)
        try self.report.write(figures)
    }

    private func round(_ durability: SQLiteStore.Durability) async throws -> StoreReport.Round {
        StoreReport.Round(
            sqliteOneACommit: try self.plain(durability, batch: 1), sqliteHundredACommit: try self.plain(durability, batch: 100),
            groupCommit: try await self.group(durability))
    }

    /// SQLite through its own interface: one statement, rows of the same content, no questions asked.
    private func plain(_ durability: SQLiteStore.Durability, batch: Int) throws -> Double {
        try self.withFile { path in
            let plain = try PlainSQLite(path: path, durability: durability)
            let message = Self.message(sender: 0)
            let clock = ContinuousClock()
            let start = clock.now
            var rows = 0
            while start.duration(to: clock.now) < .seconds(self.seconds) {
                try plain.insert(message, count: batch, from: rows)
                rows += batch
            }
            return Double(rows) / (start.duration(to: clock.now) / .seconds(1))
        }
    }

    /// The store as a server uses it.
    private func group(_ durability: SQLiteStore.Durability) async throws -> Double {
        let path = self.temporaryPath()
        defer { Self.remove(path) }
        let store = try SQLiteStore(path: path, durability: durability)
        let run = SenderRun(store: store, senders: self.senders)
        let clock = ContinuousClock()
        let start = clock.now
        let kept = try await run.messages(until: start + .seconds(self.seconds))
        let elapsed = start.duration(to: clock.now)
        let position = try await store.position(room: SenderRun.room)
        guard position.sequence == kept else {
            throw ValidationError("\(kept) messages were acknowledged, the room has \(position.sequence).")
        }
        try store.close()
        return Double(kept) / (elapsed / .seconds(1))
    }

    /// Each sender's message is made beforehand and sent again and again: making messages is not what is measured, on either side.
    private static let messages = (0..<1000).map { sender in
        NewMessage(
            room: SenderRun.room, messageId: MessageIdentifier.random(),
            sender: ChatMessage.Sender(id: "b3f1c1de-6a0e-4f37-a0d5-6a1c9c1d\(1000 + sender)", name: "sender\(sender)"),
            message: String(repeating: "x", count: 128), sentAt: Timestamp(millisecondsSinceEpoch: 1_764_000_000_000))
    }

    static func message(sender: Int) -> NewMessage { self.messages[sender] }

    private func withFile<Value>(_ body: (String) throws -> Value) throws -> Value {
        let path = self.temporaryPath()
        defer { Self.remove(path) }
        return try body(path)
    }

    private func temporaryPath() -> String {
        "\(self.folder)/chat-bench-\(UUID().uuidString).sqlite"
    }

    private static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
