/// What a request must bring before an authorizer is asked.
///
/// Source: API Gateway Developer Guide, "Creating a Lambda REQUEST authorizer function" for WebSocket APIs.
enum IdentitySource: Sendable, Equatable {
    case header(String)
    case queryItem(String)
    case context(String)
    case stageVariable(String)

    /// - Parameter text: `route.request.header.NAME`, `route.request.querystring.NAME`, `context.NAME` or `stageVariables.NAME`.
    /// - Returns: nil if it is none of these.
    init?(_ text: String) {
        func name(after prefix: String) -> String? {
            text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count ? String(text.dropFirst(prefix.count)) : nil
        }
        if let name = name(after: "route.request.header.") {
            self = .header(name)
        } else if let name = name(after: "route.request.querystring.") {
            self = .queryItem(name)
        } else if let name = name(after: "context.") {
            self = .context(name)
        } else if let name = name(after: "stageVariables.") {
            self = .stageVariable(name)
        } else {
            return nil
        }
    }

    /// Whether the request brings it, and not empty.
    func isPresent(in request: ConnectionRequest, facts: ConnectionFacts, stageVariables: [String: String]) -> Bool {
        let value: String? =
            switch self {
            case .header(let name): request.header(name)
            case .queryItem(let name): request.queryItem(name)
            case .stageVariable(let name): stageVariables[name]
            case .context(let name): Self.context(name, facts: facts)
            }
        return value?.isEmpty == false
    }

    private static func context(_ name: String, facts: ConnectionFacts) -> String? {
        switch name {
        case "apiId": facts.apiId
        case "connectionId": facts.connectionId
        case "domainName": facts.domainName
        case "stage": facts.stage
        case "routeKey": RouteTable.connectKey
        case "eventType": "CONNECT"
        case "identity.sourceIp": facts.sourceIp
        case "identity.userAgent": facts.userAgent
        default: nil
        }
    }
}
