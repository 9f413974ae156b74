import ChatTransport
import HTTPTypes
import Testing

@testable import APIGateway

@Suite struct IdentitySourceTests {
    @Test(arguments: [
        ("route.request.header.Authorization", true), ("route.request.header.authorization", true), ("route.request.header.X-None", false),
        ("route.request.header.X-Empty", false), ("route.request.querystring.token", true), ("route.request.querystring.Token", false),
        ("route.request.querystring.empty", false), ("stageVariables.v", true), ("stageVariables.w", false),
        ("context.identity.sourceIp", true), ("context.identity.userAgent", false), ("context.nothing", false),
    ])
    func presence(source: String, isPresent: Bool) throws {
        let request = ConnectionRequest(
            WebSocketUpgradeRequest(
                path: "/prod", query: "token=x&empty=", headers: [.authorization: "Bearer x", HTTPField.Name("X-Empty")!: ""]),
            traceHeader: "t", port: 443, isSecure: true)
        let source = try #require(IdentitySource(source))
        #expect(source.isPresent(in: request, facts: .sample(), stageVariables: ["v": "1"]) == isPresent)
    }

    @Test(arguments: ["", "token", "method.request.header.X", "route.request.header.", "$request.header.X"])
    func unknown(source: String) { #expect(IdentitySource(source) == nil) }
}
