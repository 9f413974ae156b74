/// A client's request for a WebSocket, as text, for a test to spoil.
struct HandshakeRequest: Sendable {
    /// Of RFC 6455 section 1.3.
    static let sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

    var line = "GET /chat HTTP/1.1"
    var fields: [(name: String, value: String)] = [
        ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", Self.sampleKey),
        ("Sec-WebSocket-Version", "13"),
    ]
    var body = ""

    mutating func set(_ name: String, _ value: String?) {
        self.fields.removeAll { $0.name == name }
        if let value { self.add(name, value) }
    }

    mutating func add(_ name: String, _ value: String) {
        self.fields.append((name, value))
    }

    func changed(_ change: (inout Self) -> Void) -> Self {
        var request = self
        change(&request)
        return request
    }

    var text: String {
        ([self.line] + self.fields.map { "\($0.name): \($0.value)" }).joined(separator: "\r\n") + "\r\n\r\n" + self.body
    }
}

/// The head of an answer, and as much of a body as it announces.
struct HandshakeResponse: Sendable {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: String

    /// Nil if the text is not complete.
    init?(_ text: String) {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n", omittingEmptySubsequences: false)
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        guard parts.count > 1, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else { return nil }
        self.status = status
        self.fields = lines.dropFirst().compactMap { line in
            line.firstRange(of: ": ").map { (line[..<$0.lowerBound].lowercased(), String(line[$0.upperBound...])) }
        }
        let rest = String(text[end.upperBound...])
        let length = self.fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard rest.utf8.count >= length else { return nil }
        self.body = String(decoding: rest.utf8.prefix(length), as: UTF8.self)
    }

    /// All values of a field; the name in lower case.
    subscript(_ name: String) -> [String] {
        self.fields.filter { $0.name == name }.map(\.value)
    }
}
