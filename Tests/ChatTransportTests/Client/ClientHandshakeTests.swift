import ChatProtocol
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ChatTransport

/// RFC 6455 section 4.1, with a server that does as it should.
@Suite(.timeLimit(.minutes(1)))
struct ClientHandshakeTests {
    @Test func asksAsTheRFCSays() async throws {
        let subject = try await ClientHandshakeFixture("ws://server.example.com:8080/chat?a=b") {
            $0.subprotocols = ["one", "two"]
            $0.headers[.authorization] = "Bearer token"
        }
        let request = try await subject.request()
        #expect(request.line == "GET /chat?a=b HTTP/1.1")
        #expect(request.fields["Host"] == ["server.example.com:8080"])
        #expect(request.fields["Upgrade"] == ["websocket"])
        #expect(request.fields["Connection"] == ["Upgrade"])
        #expect(request.fields["Sec-WebSocket-Version"] == ["13"])
        #expect(request.fields["Sec-WebSocket-Protocol"] == ["one, two"])
        #expect(request.fields["Authorization"] == ["Bearer token"])
        #expect(request.fields["Sec-WebSocket-Key"].count == 1)
        try await subject.channel.close().get()
    }

    /// Our own server finds it good.
    @Test func asksForWhatAServerGives() async throws {
        let subject = try await ClientHandshakeFixture()
        let request = try await subject.request()
        var machine = ServerHandshakeHandler.StateMachine(limits: .init(bytes: 16_384, fields: 100), maximumEarlyBytes: 0)
        let lines = [request.line] + request.fields.map { "\($0.name): \($0.value)" }
        guard case .decide = machine.receive(ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")) else {
            Issue.record("refused")
            return
        }
        #expect(!request.fields.contains(name: "Sec-WebSocket-Protocol"))
        try await subject.channel.close().get()
    }

    @Test func everyKeyIsAnother() async throws {
        var keys: Set<String> = []
        for _ in 0..<10 {
            let subject = try await ClientHandshakeFixture()
            keys.insert(try await subject.request().fields["Sec-WebSocket-Key"][0])
            try await subject.channel.close().get()
        }
        #expect(keys.count == 10)
    }

    @Test func nothingIsSentBeforeThereIsAConnection() async throws {
        let subject = try await ClientHandshakeFixture(isConnected: false)
        #expect(try await subject.channel.readOutbound(as: ByteBuffer.self) == nil)
        try await subject.connect()
        #expect(try await subject.request().line == "GET /chat HTTP/1.1")
        try await subject.channel.close().get()
    }

    @Test(arguments: [nil, "two"]) func isUpgraded(_ subprotocol: String?) async throws {
        let subject = try await ClientHandshakeFixture { $0.subprotocols = ["one", "two"] }
        // The first frames come in the same packet.
        let frames = [WireFrame.text("hello"), .close(4001)].flatMap(\.bytes)
        try await subject.answer(to: subject.request(), then: frames) { fields in
            if let subprotocol { fields.append(("Sec-WebSocket-Protocol", subprotocol)) }
        }
        try await subject.upgraded().run { connection in
            #expect(connection.subprotocol == subprotocol)
            var messages: [String] = []
            for try await message in connection.messages { messages.append(String(buffer: message.bytes)) }
            #expect(messages == ["hello"])
            #expect(await connection.closure.code == .tokenExpired)
        }
    }

    /// It was answered through the HTTP handlers, which ended the process.
    @Test func aPingInTheSamePacketAsTheAnswer() async throws {
        let subject = try await ClientHandshakeFixture()
        try await subject.answer(to: subject.request(), then: WireFrame(9, [7]).bytes)
        try await subject.upgraded().run { connection in
            let pong = try await subject.channel.waitForOutboundWrite(as: ByteBuffer.self)
            #expect(WireFrame.all(in: pong.readableBytesView)?.map(\.unmasked) == [WireFrame(10, [7])])
            try await subject.answer("", then: WireFrame.close(1000).bytes)
            #expect(await connection.closure.code == .normalClosure)
        }
    }

    @Test func answersBeforeTheLastMayComeInPieces() async throws {
        let subject = try await ClientHandshakeFixture()
        let request = try await subject.request()
        try await subject.answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")
        let text =
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\nsec-websocket-accept: \(try request.accept())\r\n\r\n"
        for character in text { try await subject.answer("\(character)") }
        try await subject.answer("", then: WireFrame.close(1000).bytes)
        try await subject.upgraded().run { connection in
            #expect(await connection.closure.code == .normalClosure)
        }
    }
}
