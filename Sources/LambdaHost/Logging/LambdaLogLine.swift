/// One line of a function's log.
public struct LambdaLogLine: Sendable, Equatable {
    /// Who wrote a line.
    public enum Source: Sendable, Equatable {
        /// The function, on its standard output or standard error: any text, secrets of the function's own included.
        case function
        /// The host: `START`, `END`, `REPORT`, and why a process ended.
        case platform
    }

    public var function: String
    /// The process that it is about: a number that this host gives once.
    public var process: Int
    /// The call during which it was written; after an answer, the last one; nil before the first.
    public var requestId: String?
    public var source: Source
    /// Without the line's end. What is no UTF-8 is repaired.
    public var text: String
}

extension LambdaLogLine: CustomStringConvertible {
    /// `[function#process request] text`
    public var description: String {
        let request = self.requestId.map { " \($0)" } ?? ""
        return "[\(self.function)#\(self.process)\(request)] \(self.text)"
    }
}

/// Takes log lines, in the order in which each process wrote them. It is called on an event loop and must not block.
public typealias LambdaLogSink = @Sendable (LambdaLogLine) -> Void
