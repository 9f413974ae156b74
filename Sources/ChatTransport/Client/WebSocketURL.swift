/// The parts of a `ws:` or `wss:` URL that a client needs (RFC 6455 section 3).
struct WebSocketURL: Hashable {
    var host: String
    var port: Int
    var isSecure: Bool
    /// Path and query, as they go into the request line.
    var target: String

    /// - Throws: ``WebSocketError`` with `invalidURL`. `http` and `https` are read as `ws` and `wss`; a fragment is refused, as the RFC asks.
    init(_ text: String) throws(WebSocketError) {
        let invalid = WebSocketError(.invalidURL, "Not a ws: or wss: URL.")
        guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
            let separator = text.firstRange(of: "://")
        else { throw invalid }
        switch text[..<separator.lowerBound].lowercased() {
        case "ws", "http": self.isSecure = false
        case "wss", "https": self.isSecure = true
        default: throw invalid
        }
        let rest = text[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else { throw invalid }
        let target = rest[end...]
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"

        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw invalid }
            self.host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            let after = authority[authority.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            self.host = String(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            self.host = String(authority)
        }
        guard !self.host.isEmpty else { throw invalid }
        if let portText {
            guard portText.allSatisfy(\.isWholeNumber), let port = Int(portText), (1...65_535).contains(port) else { throw invalid }
            self.port = port
        } else {
            self.port = self.isSecure ? 443 : 80
        }
    }

    /// The `Host` field.
    var hostField: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == (self.isSecure ? 443 : 80) ? name : "\(name):\(self.port)"
    }

    /// Whether the host is an address: then TLS names no server (RFC 6066 section 3).
    var isAddress: Bool {
        self.host.contains(":") || self.host.allSatisfy { $0 == "." || $0.isWholeNumber }
    }
}
