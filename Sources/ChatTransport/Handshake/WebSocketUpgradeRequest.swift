public import HTTPTypes
import NIOHTTP1

/// What a client says when it asks for a WebSocket (RFC 6455 section 4.1).
public struct WebSocketUpgradeRequest: Sendable {
    /// The path, without the query.
    public var path: String
    /// The query without its question mark; empty if there is none. Still percent-encoded.
    public var query: String
    public var headers: HTTPFields
    /// The address that the connection comes from, without a port; nil if the transport has none.
    public var remoteAddress: String?

    public init(path: String, query: String = "", headers: HTTPFields = [:], remoteAddress: String? = nil) {
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
    }

    init(_ head: HTTPRequestHead, remoteAddress: String?) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", headers: HTTPFields(head.headers),
            remoteAddress: remoteAddress)
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

extension HTTPFields {
    /// Takes over the fields that have a valid name; NIO's parser lets no other through.
    init(_ headers: HTTPHeaders) {
        self.init()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { self.append(HTTPField(name: name, value: value)) }
        }
    }
}

extension HTTPHeaders {
    mutating func add(_ fields: HTTPFields) {
        for field in fields { self.add(name: field.name.rawName, value: field.value) }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
