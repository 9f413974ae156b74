/// What API Gateway sends a function for a `$connect`, a message or a `$disconnect` of a WebSocket API (Lambda proxy integration).
///
/// What an event does not have is absent from its JSON, never `null`: handlers that others wrote rely on it. Members that are
/// not known here are ignored. A `null` is read as absent.
///
/// - CONNECT has the upgrade's headers and, if there are any, its query parameters.
/// - MESSAGE has a body, and no headers.
/// - DISCONNECT has four headers of API Gateway's own, and the close code and reason in ``RequestContext``.
///
/// Source: the captures and the page *Integration requests* that `docs/AWS_DEPLOYMENT_GUIDE.md` names.
public struct APIGatewayWebSocketEvent: Codable, Sendable, Equatable {
    /// Names keep the client's casing: look one up with ``header(_:)``. Of a repeated name, the last value.
    public var headers: [String: String]?
    /// Every value of every header.
    public var multiValueHeaders: [String: [String]]?
    /// Of a repeated name, the last value.
    public var queryStringParameters: [String: String]?
    /// Every value of every query parameter.
    public var multiValueQueryStringParameters: [String: [String]]?
    /// The stage's variables, if it has any.
    public var stageVariables: [String: String]?
    public var requestContext: APIGatewayRequestContext
    /// What the client sent, as it sent it. Only a message has one.
    public var body: String?
    /// Always `false` on a WebSocket API, which carries text alone.
    public var isBase64Encoded: Bool

    public typealias RequestContext = APIGatewayRequestContext

    public init(
        headers: [String: String]? = nil, multiValueHeaders: [String: [String]]? = nil, queryStringParameters: [String: String]? = nil,
        multiValueQueryStringParameters: [String: [String]]? = nil, stageVariables: [String: String]? = nil,
        requestContext: APIGatewayRequestContext, body: String? = nil, isBase64Encoded: Bool = false
    ) {
        self.headers = headers
        self.multiValueHeaders = multiValueHeaders
        self.queryStringParameters = queryStringParameters
        self.multiValueQueryStringParameters = multiValueQueryStringParameters
        self.stageVariables = stageVariables
        self.requestContext = requestContext
        self.body = body
        self.isBase64Encoded = isBase64Encoded
    }

    /// The header's value, whatever its name's casing; `nil` if there is none.
    public func header(_ name: String) -> String? { self.headers?.value(ofHeader: name) }

    private enum CodingKeys: String, CodingKey {
        case headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters, stageVariables, requestContext
        case body, isBase64Encoded
    }

    /// Reads an event, from AWS or from something that imitates it.
    /// - Throws: `DecodingError`, if there is no usable `requestContext` or a member has another type than AWS gives it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.headers = try container.decodeIfPresent([String: String].self, forKey: .headers)
        self.multiValueHeaders = try container.decodeIfPresent([String: [String]].self, forKey: .multiValueHeaders)
        self.queryStringParameters = try container.decodeIfPresent([String: String].self, forKey: .queryStringParameters)
        self.multiValueQueryStringParameters = try container.decodeIfPresent(
            [String: [String]].self, forKey: .multiValueQueryStringParameters)
        self.stageVariables = try container.decodeIfPresent([String: String].self, forKey: .stageVariables)
        self.requestContext = try container.decode(APIGatewayRequestContext.self, forKey: .requestContext)
        self.body = try container.decodeIfPresent(String.self, forKey: .body)
        self.isBase64Encoded = try container.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
    }
}

extension [String: String] {
    /// The value under the name, compared as header names are: without regard to ASCII case.
    func value(ofHeader name: String) -> String? {
        if let exact = self[name] { return exact }
        return self.first { $0.key.equalsIgnoringASCIICase(name) }?.value
    }
}

extension String {
    func equalsIgnoringASCIICase(_ other: String) -> Bool {
        self.utf8.elementsEqual(other.utf8) { a, b in
            a == b || ((a ^ b) == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(a | 0x20))
        }
    }
}
