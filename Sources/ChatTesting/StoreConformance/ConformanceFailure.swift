/// A rule that a store broke.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// What was found, and what should have been.
    public let message: String
    /// The line of the check that found it.
    public let fileID: String
    public let line: UInt

    init(_ message: String, fileID: String, line: UInt) {
        self.message = message
        self.fileID = fileID
        self.line = line
    }

    public var description: String { "\(self.message) (\(self.fileID):\(self.line))" }
}

func require(
    _ condition: Bool, _ message: @autoclosure () -> String, fileID: String = #fileID, line: UInt = #line
) throws(ConformanceFailure) {
    guard condition else { throw ConformanceFailure(message(), fileID: fileID, line: line) }
}

func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, fileID: String = #fileID, line: UInt = #line
) throws(ConformanceFailure) {
    try require(found == expected, "\(what): found \(found), expected \(expected)", fileID: fileID, line: line)
}
