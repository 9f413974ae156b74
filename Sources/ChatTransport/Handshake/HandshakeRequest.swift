/// A request line's parts, and the fields below it.
struct HandshakeRequest: Sendable, Equatable {
    let method: Substring
    /// Path and query.
    let target: Substring
    let version: Substring
    let opening: OpeningFields
    let head: HandshakeHead

    /// Nil if the line has not three parts.
    init?(_ head: HandshakeHead) {
        let line = head.startLine
        let space = UInt8(ascii: " ")
        guard let first = line.utf8.firstIndex(of: space), let last = line.utf8.lastIndex(of: space), first < last else { return nil }
        self.method = line[..<first]
        self.target = line[line.utf8.index(after: first)..<last]
        self.version = line[line.utf8.index(after: last)...]
        guard !self.method.isEmpty, !self.target.isEmpty, !self.version.isEmpty, !self.target.utf8.contains(space) else { return nil }
        self.opening = OpeningFields(head)
        self.head = head
    }
}
