import HTTPTypes

/// A request line's parts and the fields below it.
struct HandshakeRequest: Sendable, Equatable {
    var method: Substring
    /// Path and query.
    var target: Substring
    var version: Substring
    var fields: HTTPFields

    /// Nil if the line has not three parts.
    init?(_ head: HandshakeHead) {
        let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        (self.method, self.target, self.version) = (parts[0], parts[1], parts[2])
        self.fields = head.fields
    }
}
