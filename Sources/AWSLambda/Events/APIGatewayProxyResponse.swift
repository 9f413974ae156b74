/// What a function answers to API Gateway (Lambda proxy integration).
public struct APIGatewayProxyResponse: Codable, Sendable, Equatable {
    /// On `$connect`, 2xx lets the client in, and any other status is what its upgrade gets.
    public var statusCode: Int
    /// `$connect` may choose a subprotocol here, with `Sec-WebSocket-Protocol`.
    public var headers: [String: String]?
    /// Headers that are repeated; added to ``headers``.
    public var multiValueHeaders: [String: [String]]?
    /// Sent to the client as one text message if the route has a route response, else dropped.
    public var body: String?
    /// Whether ``body`` is base64. Default `false`.
    public var isBase64Encoded: Bool

    public init(
        statusCode: Int, headers: [String: String]? = nil, multiValueHeaders: [String: [String]]? = nil, body: String? = nil,
        isBase64Encoded: Bool = false
    ) {
        self.statusCode = statusCode
        self.headers = headers
        self.multiValueHeaders = multiValueHeaders
        self.body = body
        self.isBase64Encoded = isBase64Encoded
    }

    /// The header's value, whatever its name's casing; `nil` if there is none.
    public func header(_ name: String) -> String? {
        if let value = self.headers?.value(ofHeader: name) { return value }
        return self.multiValueHeaders?.first { $0.key.equalsIgnoringASCIICase(name) }?.value.last
    }

    private enum CodingKeys: String, CodingKey {
        case statusCode, headers, multiValueHeaders, body, isBase64Encoded
    }

    /// Reads an answer, as handlers in loosely typed languages write it: a header's value may be a number or a Boolean
    /// (`"Access-Control-Allow-Credentials": true` is in many samples), and a status may be a string of digits.
    /// - Throws: `DecodingError` for an answer that API Gateway calls malformed: no object, no status, a status outside of
    ///   100 to 599, or a body that is no string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try? container.decode(String.self, forKey: .statusCode), let status = Int(text) {
            self.statusCode = status
        } else {
            self.statusCode = try container.decode(Int.self, forKey: .statusCode)
        }
        guard (100...599).contains(self.statusCode) else {
            throw DecodingError.dataCorruptedError(forKey: .statusCode, in: container, debugDescription: "no HTTP status")
        }
        let headers = try container.decodeIfPresent([String: APIGatewayContextValue].self, forKey: .headers)
        self.headers = headers.map { $0.mapValues(\.headerValue) }
        let repeated = try container.decodeIfPresent([String: [APIGatewayContextValue]].self, forKey: .multiValueHeaders)
        self.multiValueHeaders = repeated.map { $0.mapValues { $0.map(\.headerValue) } }
        self.body = try container.decodeIfPresent(String.self, forKey: .body)
        self.isBase64Encoded = try container.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
    }
}

extension APIGatewayContextValue {
    /// As it stands in a header: a whole number without a fraction.
    fileprivate var headerValue: String {
        switch self {
        case .string(let value): value
        case .bool(let value): value ? "true" : "false"
        case .number(let value): JSONText.number(value)
        }
    }
}
