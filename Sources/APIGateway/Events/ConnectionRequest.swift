import ChatProtocol
import ChatTransport
import HTTPTypes

/// What a client asked with for its connection, in the shape in which functions see it.
struct ConnectionRequest: Sendable {
    struct Item: Sendable, Equatable {
        var name: String
        var values: [String]
    }

    /// In the client's order and its casing; one entry a name, whatever its casing.
    private(set) var headers: [Item] = []
    private(set) var query: [Item] = []

    /// - Parameters:
    ///   - port: where the client connected to, for `X-Forwarded-Port`.
    ///   - isSecure: whether it did so by TLS.
    init(_ request: WebSocketUpgradeRequest, traceHeader: String, port: Int, isSecure: Bool) {
        var places: [String: Int] = [:]
        for field in request.headers {
            Self.add(field.value, as: field.name.rawName, key: field.name.canonicalName, to: &self.headers, places: &places)
        }
        // Those that a client may not say about itself are replaced; the addresses that proxies told are kept in front.
        let address = request.remoteAddress ?? ""
        let forwarded = request.headers[values: HTTPField.Name("X-Forwarded-For")!].joined(separator: ", ")
        self.replace("X-Amzn-Trace-Id", traceHeader)
        self.replace("X-Forwarded-For", forwarded.isEmpty ? address : "\(forwarded), \(address)")
        self.replace("X-Forwarded-Port", String(port))
        self.replace("X-Forwarded-Proto", isSecure ? "https" : "http")
        places = [:]
        for item in request.query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            // What cannot be decoded is left as it came.
            let name = PercentEncoding.decode(parts[0]) ?? String(parts[0])
            Self.add(PercentEncoding.decode(value) ?? String(value), as: name, key: name, to: &self.query, places: &places)
        }
    }

    /// Without those of the connection itself, which the `$connect` function does not see, though the authorizer does.
    var headersForFunction: [Item] {
        self.headers.filter { $0.name.lowercased() != "connection" && $0.name.lowercased() != "upgrade" }
    }

    /// The last value of a header; nil if there is none.
    func header(_ name: String) -> String? {
        let name = name.lowercased()
        return self.headers.first { $0.name.lowercased() == name }?.values.last
    }

    /// The last value of a query item, percent-decoded; nil if there is none.
    func queryItem(_ name: String) -> String? { self.query.first { $0.name == name }?.values.last }

    private mutating func replace(_ name: String, _ value: String) {
        self.headers.removeAll { $0.name.lowercased() == name.lowercased() }
        self.headers.append(Item(name: name, values: [value]))
    }

    /// - Parameter places: where the item of each key is. To look through the items instead would take the square of their number, and a
    ///   client chooses that.
    private static func add(_ value: String, as name: String, key: String, to items: inout [Item], places: inout [String: Int]) {
        if let place = places[key] {
            items[place].values.append(value)
        } else {
            places[key] = items.count
            items.append(Item(name: name, values: [value]))
        }
    }
}

extension [ConnectionRequest.Item] {
    /// Each name with its last value, as `headers` and `queryStringParameters` have it.
    var single: JSONObjectWriter {
        var writer = JSONObjectWriter()
        for item in self { writer.member(item.name, item.values.last ?? "") }
        return writer
    }

    /// Each name with all its values, as `multiValueHeaders` and `multiValueQueryStringParameters` have them.
    var multiple: JSONObjectWriter {
        var writer = JSONObjectWriter()
        for item in self { writer.member(item.name, item.values) }
        return writer
    }
}
