import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct ServerHandshakeTests {
    /// The example of RFC 6455 sections 1.3 and 4.2.2.
    @Test func answersAsInTheRFC() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(HandshakeRequest())
        let response = try await subject.response()
        #expect(response.status == 101)
        #expect(response["upgrade"] == ["websocket"])
        #expect(response["connection"].map { $0.lowercased() } == ["upgrade"])
        #expect(response["sec-websocket-accept"] == ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
        #expect(response["sec-websocket-protocol"] == [])
        #expect(response["sec-websocket-extensions"] == [])
        #expect(subject.channel.isActive)
    }

    @Test func sendsTheSubprotocolAndFurtherFields() async throws {
        let subject = try await ServerHandshakeFixture.deciding { request in
            #expect(request.subprotocols == ["superchat", "chat"])
            return .accept(subprotocol: "chat", headers: [.server: "test"])
        }
        try await subject.send(HandshakeRequest().changed { $0.add("Sec-WebSocket-Protocol", "superchat, chat") })
        let response = try await subject.response()
        #expect(response.status == 101)
        #expect(response["sec-websocket-protocol"] == ["chat"])
        #expect(response["server"] == ["test"])
    }

    @Test func theDecisionSeesTheRequest() async throws {
        let subject = try await ServerHandshakeFixture.deciding { request in
            #expect(request.path == "/a/b")
            #expect(request.query == "c=d%20e&f")
            #expect(request.headers[.authorization] == "Bearer token")
            #expect(request.remoteAddress == "192.0.2.7")
            return .accept()
        }
        let request = HandshakeRequest().changed {
            $0.line = "GET /a/b?c=d%20e&f HTTP/1.1"
            $0.add("authorization", "Bearer token")
        }
        try await subject.send(request)
        #expect(try await subject.response().status == 101)
    }

    @Test func aRequestMayComeInPieces() async throws {
        let subject = try await ServerHandshakeFixture()
        for byte in HandshakeRequest().text.utf8 { try await subject.send([byte]) }
        #expect(try await subject.response().status == 101)
        for byte in WireFrame.text("hello").masked.bytes { try await subject.send([byte]) }
        #expect(try await subject.message() == "hello")
    }

    @Test func asManyFieldsAsAllowedAreTaken() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(HandshakeRequest().changed { for index in 0..<95 { $0.add("X-\(index)", "") } })
        #expect(try await subject.response().status == 101)
    }

    /// A client may not do it, but a proxy may join packets, and an impatient client is no reason to lose a message.
    @Test(arguments: [0, 1, 5, 9]) func framesInTheSamePacketAreNotLost(_ heldBack: Int) async throws {
        let subject = try await ServerHandshakeFixture()
        let bytes = ["one", "two"].flatMap { WireFrame.text($0).masked.bytes }
        try await subject.send(HandshakeRequest(), then: Array(bytes.dropLast(heldBack)))
        #expect(try await subject.response().status == 101)
        #expect(try await subject.message() == "one")
        try await subject.send(bytes.suffix(heldBack))
        #expect(try await subject.message() == "two")
        try await subject.send(WireFrame.close(1000).masked.bytes)
        #expect(try await subject.frame() == .close(1000))
        try await subject.end()
    }

    /// After the upgrade there is no HTTP: a second request is read as a frame, and none that is allowed.
    @Test func aPipelinedRequestIsNoFrame() async throws {
        let subject = try await ServerHandshakeFixture()
        try await subject.send(HandshakeRequest(), then: Array(HandshakeRequest().text.utf8))
        #expect(try await subject.response().status == 101)
        #expect(try await subject.frame()?.closeCode == 1002)
    }

    @Test func theConfigurationIsTheConnections() async throws {
        let subject = try await ServerHandshakeFixture { configuration in
            configuration.webSocket.maximumFrameBytes = 10
            configuration.webSocket.closeTimeout = .seconds(1)
        }
        try await subject.send(HandshakeRequest())
        #expect(try await subject.response().status == 101)
        try await subject.send(WireFrame.text("0123456789").masked.bytes)
        #expect(try await subject.message() == "0123456789")
        try await subject.send(WireFrame.text("0123456789a").masked.bytes)
        #expect(try await subject.frame()?.closeCode == 1009)
        await subject.advance(.seconds(1))
        try await subject.end()
    }
}
