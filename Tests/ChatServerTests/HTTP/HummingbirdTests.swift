import ChatProtocol
import ChatServer
import ChatTransport
import NIOCore
import Testing

/// HTTP and the WebSocket on one port: the first line of a connection decides.
@Suite(.timeLimit(.minutes(2)))
struct HummingbirdTests {
    @Test func httpIsServedBesideTheWebSocket() async throws {
        let pool = try await TokenIssuer().pool
        try await withServer(.hummingbird, userPool: pool) { server in
            let peer = try await server.settledPeer("alice")
            let raw = try await server.connect()
            #expect(try await raw.get("/hello").body == "hello")
            #expect(try await raw.get("/healthz").body == "ok\n", "on the same connection")
            #expect(try await raw.get("/metrics").body.contains("\nchat_connections 1.0\n"))
            #expect(try await raw.get("/\(TokenIssuer.poolId)/.well-known/jwks.json").body.contains("\"RS256\""))
            #expect(try await raw.get("/nowhere").status == 404)
            try await raw.write(
                RawConnection.request("/", method: "POST", fields: ["Content-Length: 2", "X-Amz-Target: x.GetUser"]) + "{}")
            #expect(try await raw.answer().status == 400, "the user pool's answer")
            #expect(try await peer.ask(.ping).kind == .pong)
        }
    }

    @Test func aBodyThatIsTooLongIs413() async throws {
        let pool = try await TokenIssuer().pool
        try await withServer(.hummingbird, userPool: pool) { server in
            let raw = try await server.connect()
            let length = ChatEndpoints.maximumBodyBytes + 1
            try await raw.write(RawConnection.request("/", method: "POST", fields: ["Content-Length: \(length)"]))
            async let sent: Void = raw.write(String(repeating: "x", count: length))
            #expect(try await raw.answer().status == 413)
            try? await sent
        }
    }

    /// Hummingbird's own time begins anew with every byte.
    @Test func aBodyThatTricklesInIsCut() async throws {
        let pool = try await TokenIssuer().pool
        try await withServer(.hummingbird, userPool: pool, configure: { $0.server.webSocket.messageTimeout = .milliseconds(300) }) {
            server in
            let raw = try await server.connect()
            let head = RawConnection.request("/", method: "POST", fields: ["Content-Length: 16384", "X-Amz-Target: x.GetUser"])
            try await raw.write(head)
            let trickle = Task {
                while true {
                    try await raw.write("x")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await raw.readToEnd() == "")
            trickle.cancel()

            let other = try await server.connect()
            try await other.write(head + String(repeating: "x", count: 16_384))
            #expect(try await other.answer().status == 400, "what comes in time is answered")
        }
    }

    @Test func anAbsoluteTargetLeadsToTheWebSocketToo() async throws {
        try await withServer(.hummingbird) { server in
            let handshake = RawConnection.handshake("http://chat.example/ws", token: "alice")
            let peer = try await ChatPeer.open(server.connect(), handshake: handshake)
            #expect(try await peer.ask(.ping).kind == .pong)
        }
    }

    @Test func theRequestLineMayComeByteByByte() async throws {
        try await withServer(.hummingbird) { server in
            let raw = try await server.connect()
            for byte in RawConnection.request("/hello").utf8 { try await raw.write([byte]) }
            #expect(try await raw.answer().body == "hello")

            let socket = try await server.connect()
            let handshake = Array(RawConnection.handshake(token: "alice").utf8)
            for byte in handshake.dropLast() { try await socket.write([byte]) }
            let peer = try await ChatPeer.open(socket, handshake: String(decoding: handshake.suffix(1), as: UTF8.self))
            #expect(try await peer.ask(.ping).kind == .pong)
        }
    }

    @Test func requestsMayBePipelined() async throws {
        try await withServer(.hummingbird) { server in
            let raw = try await server.connect()
            try await raw.write(RawConnection.request("/hello") + RawConnection.request("/healthz") + RawConnection.request("/nowhere"))
            #expect(try await raw.answer().body == "hello")
            #expect(try await raw.answer().body == "ok\n")
            #expect(try await raw.answer().status == 404)
        }
    }

    @Test(arguments: ["/ws?token=alice", "/ws?x=y&token=alice", "/ws?token=%61lice"])
    func theTokenMayStandInTheQuery(_ target: String) async throws {
        try await withServer(.hummingbird) { server in
            let peer = try await ChatPeer.open(server.connect(), handshake: RawConnection.handshake(target, token: nil))
            try await peer.say("hello")
            #expect(try await peer.nextMessage().sender.name == "alice")
        }
    }

    /// A connection that has served requests does not become a WebSocket; a browser opens one of its own for it.
    @Test func aConnectionThatServesHTTPStaysHTTP() async throws {
        try await withServer(.hummingbird) { server in
            let raw = try await server.connect()
            #expect(try await raw.get("/hello").status == 200)
            try await raw.write(RawConnection.handshake(token: "alice"))
            let answer = try await raw.answer()
            #expect(answer.status == 426 && answer.fields["upgrade"] == "websocket")
            #expect(server.gateway.connectionCount == 0)
        }
    }

    @Test func aGetOfTheWebSocketThatIsNoHandshakeIs426() async throws {
        try await withServer(.hummingbird) { server in
            let raw = try await server.connect()
            #expect(try await raw.get("/ws").status == 426)
            #expect(try await raw.readToEnd() == "")
        }
    }

    @Test(
        arguments: [
            ("POST", "/ws", "posted"), ("GET", "/ws/", nil), ("GET", "/wsx", nil), ("GET", "/hello?/ws", "hello"), ("get", "/ws", nil),
        ] as [(String, String, String?)])
    func anythingElseIsHTTP(_ method: String, _ target: String, _ body: String?) async throws {
        try await withServer(.hummingbird) { server in
            let answer = try await server.connect().get(target, method: method, fields: ["Content-Length: 0"])
            #expect(answer.status == (body == nil ? answer.status : 200) && answer.status != 101)
            if let body { #expect(answer.body == body) }
        }
    }

    /// A line without an end is HTTP's to refuse, not kept for ever.
    @Test(arguments: [8192, 100_000])
    func aRequestLineThatIsTooLongIsRefused(_ count: Int) async throws {
        try await withServer(.hummingbird) { server in
            let raw = try await server.connect()
            async let sent: Void = raw.write("GET /ws?" + String(repeating: "x", count: count))
            try? await sent
            try await raw.write(" HTTP/1.1\r\nHost: x\r\n\r\n")
            let status = try await raw.answer().status
            #expect((400..<500).contains(status))
            let peer = try await server.settledPeer("alice")
            #expect(try await peer.ask(.ping).kind == .pong)
        }
    }

    @Test func whoEndsBeforeSayingAnythingIsForgotten() async throws {
        try await withServer(.hummingbird) { server in
            let silent = try await server.connect()
            let half = try await server.connect()
            try await half.write("GET /w")
            try await half.channel.close(mode: .output)
            #expect(try await half.readToEnd() == "")
            silent.close()
            #expect(try await server.connect().get("/hello").body == "hello")
        }
    }
}
