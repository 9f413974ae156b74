/// Something small that a server does for every message, many times over.
struct CodecOperation: Sendable {
    var name: String
    var about: String
    /// Makes what is needed and hands back the operation itself.
    var prepare: @Sendable () throws -> (() throws -> Void)

    static let all = Self.requests + Self.events + Self.frames

    static func named(_ name: String) -> CodecOperation? { self.all.first { $0.name == name } }

    func run(iterations: Int) throws {
        let operation = try self.prepare()
        for _ in 0..<iterations { try operation() }
    }
}

/// Uses a value, as far as the optimiser can tell.
@inline(never)
func keep<Value>(_ value: borrowing Value) {}
