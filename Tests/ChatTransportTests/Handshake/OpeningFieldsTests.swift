import NIOCore
import Testing

@testable import ChatTransport

struct OpeningFieldsTests {
    private static func opening(_ change: (inout HandshakeRequest) -> Void) throws -> OpeningFields {
        let text = HandshakeRequest().changed(change).text
        let parsed = HandshakeHead.parse(ByteBuffer(string: text), searched: 0, limits: .init(bytes: 1000, fields: 20))
        guard case .head(let head, _) = parsed else { throw WebSocketError(.invalidHandshake, "\(parsed)") }
        return OpeningFields(head)
    }

    @Test func namesAreReadInAnyCase() throws {
        let opening = try Self.opening { request in
            request.fields = request.fields.map { ($0.name.uppercased(), $0.value) }
            request.add("oRIGIN", "https://chat.example")
            request.add("X-FORWARDED-for", "203.0.113.7")
            request.add("SEC-websocket-EXTENSIONS", "permessage-deflate")
        }
        #expect(opening.host == "server.example.com")
        #expect(opening.asksForWebSocket && opening.asksForUpgrade && opening.hasVersion13)
        #expect(opening.key == HandshakeRequest.sampleKey)
        #expect(opening.origin == "https://chat.example")
        #expect(opening.forwardedFor == ["203.0.113.7"])
        #expect(opening.extensions == ["permessage-deflate"])
    }

    @Test(arguments: [
        ("websocket", true), ("WebSocket", true), ("h2c,websocket", true), ("h2c ,\twebsocket ,", true), (",,websocket", true), ("", false),
        (",", false), ("websockets", false), ("websocke", false), ("web socket", false), ("websoc\u{212A}et", false),
        ("\"websocket\"", false), ("websocket;q=1", false),
    ])
    func aTokenIsOneOfTheList(_ value: String, _ isThere: Bool) throws {
        #expect(try Self.opening { $0.set("Upgrade", value) }.asksForWebSocket == isThere)
    }

    @Test func aTokenMayBeInAnyOfSeveralFields() throws {
        for values in [["h2c", "websocket"], ["websocket", "h2c"]] {
            let opening = try Self.opening { request in
                request.set("Upgrade", nil)
                for value in values { request.add("Upgrade", value) }
            }
            #expect(opening.asksForWebSocket)
        }
    }

    /// Which of them would be meant is not known.
    @Test(arguments: ["Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]) func twoOfWhatMayBeThereOnceAreNone(_ name: String) throws {
        let opening = try Self.opening { request in
            let value = request.fields.first { $0.name == name }?.value
            request.add(name, value ?? "")
        }
        #expect((opening.host == nil) == (name == "Host"))
        #expect((opening.key == nil) == (name == "Sec-WebSocket-Key"))
        #expect(!opening.hasVersion13 == (name == "Sec-WebSocket-Version"))
    }

    @Test func twoOriginsAreOneThatNoPolicyAllows() throws {
        let opening = try Self.opening { request in
            request.add("Origin", "https://chat.example")
            request.add("Origin", "https://chat.example")
        }
        #expect(opening.origin == "https://chat.example, https://chat.example")
        let policy = try OriginPolicy.list(["https://chat.example"])
        #expect(policy.allows(origin: "https://chat.example", host: ""))
        #expect(!policy.allows(origin: opening.origin, host: ""))
    }

    @Test(arguments: [
        ("Content-Length", "0", false), ("Content-Length", "00", true), ("content-length", "5", true), ("transfer-encoding", "", true),
    ])
    func aBodyIsSeen(_ name: String, _ value: String, _ hasBody: Bool) throws {
        #expect(try Self.opening { $0.add(name, value) }.hasBody == hasBody)
    }
}
