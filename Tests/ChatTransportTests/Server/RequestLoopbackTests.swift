import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

/// How a request comes, and how a refusal arrives.
@Suite(.timeLimit(.minutes(1)))
struct RequestLoopbackTests {
    @Test func byteByByte() async throws {
        try await withServer { server in
            let peer = try await WirePeer.connect(to: server.port)
            for byte in HandshakeRequest().text.utf8 {
                peer.send([byte])
                try await peer.channel.eventLoop.submit {}.get()
            }
            #expect(try await peer.status() == 101)
            for byte in WireFrame.text("Grüße").masked.bytes { peer.send([byte]) }
            #expect(try await peer.text() == "Grüße")
            peer.send(.close(1000))
            #expect(try await peer.rest() == [.close(1000)])
        }
    }

    @Test func framesTogetherWithTheRequest() async throws {
        try await withServer { server in
            let peer = try await WirePeer.connect(to: server.port)
            let frames = [WireFrame.text("1"), WireFrame(9, [7]), .text("2"), .text(String(repeating: "3", count: 10_000))]
            peer.send(Array(HandshakeRequest().text.utf8) + frames.flatMap(\.masked.bytes) + WireFrame.text("4").masked.bytes.dropLast())
            #expect(try await peer.status() == 101)
            var received: [WireFrame] = []
            for _ in frames { received.append(try #require(try await peer.frame())) }
            // A pong does not wait behind what a task has to answer.
            #expect(received.filter { $0.opcode == 1 } == frames.filter { $0.opcode == 1 })
            #expect(received.contains(WireFrame(10, [7])))
            peer.send([WireFrame.text("4").masked.bytes.last!])
            #expect(try await peer.text() == "4")
            peer.send(.close(1000))
            #expect(try await peer.rest() == [.close(1000)])
        }
    }

    /// While a decision is waited for, a client may send as much as a frame is long, and no more.
    @Test func tooMuchBeforeTheDecision() async throws {
        let held = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer(decide: { _ in
            for await _ in held.stream {}
            return .accept()
        }) { server in
            let peer = try await WirePeer.connect(to: server.port)
            peer.ask()
            peer.send(Array(repeating: 0, count: 32 * 1024 + 1))
            #expect(try await peer.end() == [])
            held.continuation.finish()
        }
    }

    enum Refusal: CaseIterable {
        case notHTTP, post, noUpgrade, decided, origin
    }

    /// A socket that is closed with unread input is reset, and the answer may be lost.
    @Test(arguments: Refusal.allCases) func theAnswerIsReadableThoughTheClientSendsMore(_ refusal: Refusal) async throws {
        try await withServer({ if refusal == .origin { $0.origins = .sameHost } }, decide: { _ in .reject(status: .notFound, body: "no") })
        {
            server in
            for _ in 0..<20 {
                let peer = try await WirePeer.connect(to: server.port)
                let request = HandshakeRequest().changed {
                    switch refusal {
                    case .notHTTP: $0.line = "\u{16}\u{3}\u{1}"
                    case .post: $0.line = "POST / HTTP/1.1"
                    case .noUpgrade: $0.set("Upgrade", nil)
                    case .decided: break
                    case .origin: $0.add("Origin", "https://evil.example.com")
                    }
                }
                // Who is not refused at once may not send so much; see above.
                peer.send(Array(request.text.utf8) + Array(repeating: 0x78, count: refusal == .decided ? 30_000 : 200_000))
                let status = try await peer.status()
                #expect(
                    status == [.notHTTP: 400, .post: 400, .noUpgrade: 426, .decided: 404, .origin: 403][refusal])
                let body = try await peer.end()
                #expect(body == Array((refusal == .decided ? "no" : "").utf8))
                peer.vanish()
            }
        }
    }

    @Test func aClientThatStaysAfterARefusalIsClosed() async throws {
        try await withServer(decide: { _ in .reject(status: .notFound) }) { server in
            let peer = try await WirePeer.connect(to: server.port)
            peer.ask()
            #expect(try await peer.status() == 404)
            try await peer.end()
            // The server has ended its direction, and after a second the other one.
            while server.connectionCount > 0 { try await peer.channel.eventLoop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get() }
            peer.vanish()
        }
    }

    @Test func aRequestThatIsTooLong() async throws {
        try await withServer { server in
            let status = try await WirePeer.status(from: server.port) { $0.add("X-Long", String(repeating: "x", count: 20_000)) }
            #expect(status == 400)
            let many = try await WirePeer.status(from: server.port) { for number in 0..<100 { $0.add("X-\(number)", "x") } }
            #expect(many == 400)
            let almost = try await WirePeer.status(from: server.port) { for number in 0..<95 { $0.add("X-\(number)", "x") } }
            #expect(almost == 101)
        }
    }
}
