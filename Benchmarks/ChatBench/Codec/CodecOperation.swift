/// Something small that a server does for every message, many times over.
struct CodecOperation: Sendable {
    var name: String
    var about: String
    /// Makes what is needed and hands back the operation itself.
    var prepare: @Sendable () throws -> (() throws -> Void)

    static let all = Self.requests + Self.events + Self.frames + Self.reading + Self.compression

    static func named(_ name: String) -> CodecOperation? { self.all.first { $0.name == name } }

    func run(iterations: Int) throws {
        let operation = try self.prepare()
        for _ in 0..<iterations { try operation() }
    }
}

/// An operation did something else than what is to be measured.
struct WrongResult: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Uses a value, as far as the optimiser can tell.
@inline(never)
func keep<Value>(_ value: borrowing Value) {}
