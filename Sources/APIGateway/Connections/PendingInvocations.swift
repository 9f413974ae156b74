import NIOCore

/// The messages of one connection that functions are busy with, and how long each may take.
struct PendingInvocations<Value> {
    private struct Entry {
        var value: Value
        var deadline: NIODeadline?
    }

    private var entries: [Int: Entry] = [:]
    private var nextToken = 0

    var count: Int { self.entries.count }

    /// When the first of them will have taken too long.
    var earliestDeadline: NIODeadline? {
        self.entries.values.reduce(nil) { earliest, entry in
            guard let deadline = entry.deadline else { return earliest }
            return earliest.map { min($0, deadline) } ?? deadline
        }
    }

    mutating func begin(_ value: Value, deadline: NIODeadline?) -> Int {
        self.nextToken += 1
        self.entries[self.nextToken] = Entry(value: value, deadline: deadline)
        return self.nextToken
    }

    /// - Returns: nil if it has timed out before: the client was told, and is not told twice.
    mutating func finish(_ token: Int) -> Value? { self.entries.removeValue(forKey: token)?.value }

    /// Takes out what has taken too long, the oldest first.
    mutating func expire(now: NIODeadline) -> [Value] {
        let due = self.entries.filter { $0.value.deadline.map { $0 <= now } ?? false }.sorted { $0.key < $1.key }
        for entry in due { self.entries[entry.key] = nil }
        return due.map(\.value.value)
    }
}
