import APIGatewayDefinition
import Testing

@testable import APIGateway

@Suite struct RouteTableTests {
    private static let routes: [String: RouteDefinition] = [
        "$connect": .init(function: "c"), "$disconnect": .init(function: "d"), "sendMessage": .init(function: "m"),
    ]

    @Test(arguments: [
        (#"{"action":"sendMessage"}"#, "sendMessage"),
        (#"{"action":"sendmessage"}"#, "$default"),
        (#"{"action":"$default"}"#, "$default"),
        // Those routes are the gateway's to begin.
        (#"{"action":"$connect"}"#, "$default"),
        (#"{"action":"$disconnect"}"#, "$default"),
        ("hello", "$default"),
        ("", "$default"),
        ("{}", "$default"),
    ])
    func selects(message: String, key: String) throws {
        var routes = Self.routes
        #expect(try self.key(message, routes) == (key == "$default" ? nil : key))
        routes["$default"] = .init(function: "x")
        #expect(try self.key(message, routes) == key)
    }

    @Test func badExpression() {
        var definition = APIDefinition.sample()
        definition.routeSelectionExpression = "$context.x"
        #expect(throws: RouteSelectionError.self) { try RouteTable(definition) }
    }

    private func key(_ message: String, _ routes: [String: RouteDefinition]) throws -> String? {
        let table = try RouteTable(.sample(routes: routes))
        return message.bytes.withUnsafeBytes { table.route(for: $0)?.key }
    }
}
