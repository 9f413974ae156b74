public import HTTPTypes

/// What a client says when it asks for a WebSocket (RFC 6455 section 4.1).
public struct WebSocketUpgradeRequest: Sendable {
    /// The path, without the query.
    public var path: String
    /// The query without its question mark; empty if there is none. Still percent-encoded.
    public var query: String
    public var headers: HTTPFields {
        get { self.lazyHeaders.fields }
        set { self.lazyHeaders = LazyFields(newValue) }
    }
    /// The address that the client has, without a port: of the connection, or as a trusted proxy tells it. Nil if there is none.
    public var remoteAddress: String?
    private var lazyHeaders: LazyFields

    public init(path: String, query: String = "", headers: HTTPFields = [:], remoteAddress: String? = nil) {
        self.init(path: path, query: query, headers: LazyFields(headers), remoteAddress: remoteAddress)
    }

    init(_ request: HandshakeRequest, remoteAddress: String?) {
        self.init(
            path: String(request.target.path), query: String(request.target.query), headers: LazyFields(request.head),
            remoteAddress: remoteAddress)
    }

    private init(path: String, query: String, headers: LazyFields, remoteAddress: String?) {
        self.path = path
        self.query = query
        self.lazyHeaders = headers
        self.remoteAddress = remoteAddress
    }

    /// The subprotocols that the client offers, in its order of preference (`Sec-WebSocket-Protocol`).
    public var subprotocols: [String] {
        self.headers[values: .secWebSocketProtocol]
            .flatMap { $0.split(separator: ",") }
            .map { $0.trimmingSpaces() }
            .filter { !$0.isEmpty }
    }

    /// The value of the first query item of that name, percent-decoded; nil if there is none or it cannot be decoded.
    public func queryItem(_ name: String) -> String? {
        for item in self.query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count > 1 ? PercentEncoding.decode(parts[1]) : "" }
        }
        return nil
    }
}

extension Substring {
    func trimmingSpaces() -> String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
