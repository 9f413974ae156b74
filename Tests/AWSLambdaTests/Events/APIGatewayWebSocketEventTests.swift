import Foundation
import Testing

@testable import AWSLambda

struct APIGatewayWebSocketEventTests {
    private func decode(_ json: String) throws -> APIGatewayWebSocketEvent {
        try JSONDecoder().decode(APIGatewayWebSocketEvent.self, from: Data(json.utf8))
    }

    @Test(arguments: Events.every) func roundTripsWithoutLossAndWithoutNull(json: String) throws {
        let event = try self.decode(json)
        let original = try jsonObject(json.utf8) as NSDictionary
        #expect(try jsonObject(JSONEncoder().encode(event)) as NSDictionary == original)
        #expect(try jsonObject(event.json) as NSDictionary == original)
        #expect(try self.decode(String(decoding: event.json, as: UTF8.self)) == event)
    }

    @Test func connect() throws {
        let event = try self.decode(Events.connectWithQuery)
        #expect(event.requestContext.eventType == .connect)
        #expect(event.requestContext.routeKey == "$connect")
        #expect(event.header("sec-websocket-KEY") == "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(event.header("Cookie") == nil)
        #expect(event.multiValueHeaders?["X-Forwarded-For"] == ["203.0.113.9", "198.51.100.2"])
        #expect(event.queryStringParameters == ["token": "b"])
        #expect(event.multiValueQueryStringParameters == ["token": ["a", "b"]])
        #expect(event.body == nil)
        #expect(event.requestContext.connectedAt == 1_701_245_041_796)
        #expect(event.requestContext.requestTimeEpoch == 1_701_245_041_798)
        #expect(event.requestContext.identity == .init(sourceIp: "203.0.113.9", userAgent: "swift-chat/1"))
        let authorizer = try #require(event.requestContext.authorizer)
        #expect(authorizer.principalId == "7b1f0e1c-sub")
        #expect(authorizer.integrationLatency == 142)
        #expect(authorizer.values == ["name": "alice", "level": 3, "ratio": .number(0.5), "admin": false])
    }

    @Test func message() throws {
        let event = try self.decode(Events.message)
        #expect(event.requestContext.eventType == .message)
        #expect(event.requestContext.messageId == "PJqCFfHyKRcCHlw=")
        #expect(event.headers == nil)
        #expect(event.body == "{\"action\":\"sendMessage\",\"message\":\"hé 😀\\n\u{1}\"}")
    }

    @Test func disconnect() throws {
        let event = try self.decode(Events.disconnect)
        #expect(event.requestContext.eventType == .disconnect)
        #expect(event.requestContext.disconnectStatusCode == 1005)
        #expect(event.requestContext.disconnectReason == "Client-side close frame status not set")
        #expect(event.header("x-api-key") == "")
    }

    @Test func nullIsReadAsAbsentAndUnknownMembersAreIgnored() throws {
        let event = try self.decode(
            """
            {"headers":null,"queryStringParameters":null,"body":null,"future":{"a":[1]},"requestContext":{"routeKey":"$connect",
            "eventType":"LATER","stage":"s","requestId":"r","domainName":"d","connectionId":"c","apiId":"a","messageId":null,
            "authorizer":{"principalId":null,"nested":{"a":1},"list":[1],"nothing":null,"kept":"x"},"future":1}}
            """)
        #expect(event.headers == nil && event.queryStringParameters == nil && event.body == nil && !event.isBase64Encoded)
        #expect(event.requestContext.eventType.rawValue == "LATER")
        #expect(event.requestContext.authorizer == APIGatewayAuthorizerContext(values: ["kept": "x"]))
        #expect(
            String(decoding: event.json, as: UTF8.self)
                == """
                {"requestContext":{"routeKey":"$connect","authorizer":{"kept":"x"},"eventType":"LATER","stage":"s","requestId":"r",\
                "domainName":"d","connectionId":"c","apiId":"a"},"isBase64Encoded":false}
                """)
    }

    @Test func anAuthorizersValueCannotHideAFixedMember() throws {
        let context = APIGatewayAuthorizerContext(
            principalId: "real", values: ["principalId": "forged", "integrationLatency": 1, "a": true])
        #expect(try jsonObject(JSONEncoder().encode(context)) as NSDictionary == ["principalId": "real", "a": true] as NSDictionary)
    }

    @Test(arguments: ["", "{}", "[]", "null", "{\"requestContext\":null}", "{\"requestContext\":{\"routeKey\":\"x\"}}"])
    func whatIsNoEvent(json: String) {
        #expect(throws: DecodingError.self) { try self.decode(json) }
    }

    /// Every way to lose a byte, and many ways to change one: an event or an error, and what is an event can be written and read again.
    @Test(arguments: Events.every) func damagedEventsAreRefusedOrRead(json: String) throws {
        let bytes = Array(json.utf8)
        var random = SplitMix64(state: UInt64(bytes.count))
        for round in 0..<2000 {
            var damaged = bytes
            switch round % 3 {
            case 0: damaged.remove(at: Int(random.next() % UInt64(damaged.count)))
            case 1: damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
            default: damaged.removeLast(Int(random.next() % UInt64(damaged.count)))
            }
            guard let event = try? JSONDecoder().decode(APIGatewayWebSocketEvent.self, from: Data(damaged)) else { continue }
            let again = try JSONDecoder().decode(APIGatewayWebSocketEvent.self, from: Data(event.json))
            #expect(again == event)
        }
    }
}

private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
