/// A request line's parts, and the fields below it.
struct HandshakeRequest: Sendable, Equatable {
    let method: Substring
    let target: RequestTarget
    let version: Substring
    let opening: OpeningFields
    let head: HandshakeHead

    /// Nil if the line has not three parts, or the target is none that a server serves.
    init?(_ head: HandshakeHead) {
        let line = head.startLine
        let space = UInt8(ascii: " ")
        guard let first = line.utf8.firstIndex(of: space), let last = line.utf8.lastIndex(of: space), first < last else { return nil }
        self.method = line[..<first]
        self.version = line[line.utf8.index(after: last)...]
        let text = line[line.utf8.index(after: first)..<last]
        guard let target = RequestTarget(text), !self.method.isEmpty, !self.version.isEmpty, !text.utf8.contains(space) else { return nil }
        self.target = target
        self.opening = OpeningFields(head)
        self.head = head
    }

    /// The host that is asked, with its port if that is not the usual one.
    var host: String { self.target.authority.map(String.init) ?? self.opening.host ?? "" }
}
