import ChatProtocol
import ChatServer
import ChatTransport
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct SlowReaderTests {
    /// It holds up nobody and costs no more than its bound; when it reads again, it finds what it was sent in order, then the gap, and
    /// after that the room's messages again.
    @Test(arguments: HostKind.allCases)
    func whoDoesNotReadIsToldOfTheGapAndTheOthersGoOn(_ kind: HostKind) async throws {
        let total: Int64 = 1200
        try await withServer(kind, configure: { $0.server.webSocket.maximumOutboundBytes = 65_536 }) { server in
            let slow = try await Self.peerThatDoesNotRead(server)
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            async let heard: [Int64] = {
                var sequences: [Int64] = []
                while sequences.count < total { sequences.append(try await bob.nextMessage().sequence) }
                return sequences
            }()
            for _ in 1...total { try await alice.say(Self.text) }
            #expect(try await heard == (1...total).map { $0 })

            try await slow.raw.startReading()
            let (last, gap) = try await Self.readToTheGap(slow)
            #expect(last > 0 && last < total)
            #expect(gap == RoomGap(room: ChatDefaults.room, after: last, sequence: total))
            let page = try await slow.ask(.history(HistoryQuery(after: last, limit: 1))).page
            #expect(page?.messages.map(\.sequence) == [last + 1])
            try await alice.say("after the gap")
            #expect(try await slow.nextMessage().sequence == total + 1)
            #expect(server.gateway.connectionCount == 3)
        }
    }

    /// Each room has its own gap; one that was left has none, nor one in which nothing was said.
    @Test func everyRoomHasItsOwnGap() async throws {
        try await withServer(configure: { $0.server.webSocket.maximumOutboundBytes = 65_536 }) { server in
            let slow = try await server.settledPeer("slow")
            for room in ["left", "other", "silent"] { _ = try await slow.join(room) }
            try await Self.stopReading(slow)
            let alice = try await server.settledPeer("alice")
            for room in ["left", "other"] { _ = try await alice.join(room) }
            for _ in 1...600 { try await alice.say(Self.text) }
            // Behind by now, and still able to ask. What it says last tells that the rest was done.
            try await slow.send(.leaveRoom(room: "left"))
            try await slow.send(.sendMessage(OutgoingMessage(room: "other", message: "hi")))
            while try await alice.nextMessage().room != "other" {}
            try await alice.say("hi", room: "left")
            try await slow.raw.startReading()
            var gaps: [String: RoomGap] = [:]
            while gaps.count < 2 {
                if case .gap(let gap) = try await slow.next().kind { gaps[gap.room] = gap }
            }
            #expect(gaps[ChatDefaults.room]?.sequence == 600)
            #expect(gaps["other"] == RoomGap(room: "other", after: 0, sequence: 1))
            #expect(gaps["left"] == nil && gaps["silent"] == nil)
        }
    }

    @Test func whoNeverReadsIsClosedInTheEnd() async throws {
        try await withServer(
            configure: {
                $0.server.webSocket.maximumOutboundBytes = 65_536
                $0.server.webSocket.closeTimeout = .seconds(60)  // So that it is still there to be read.
                $0.catchUpTimeout = .milliseconds(50)
            }
        ) { server in
            let slow = try await Self.peerThatDoesNotRead(server)
            let alice = try await server.settledPeer("alice")
            // Until the server has seen that it does not read, and has waited.
            while server.gateway.connectionCount == 2, try await alice.say(Self.text).sequence < 1000 {}
            try await slow.raw.startReading()
            #expect(try await slow.closeCode() == 4008)
        }
    }

    /// What a connection asks for is not left out, and so ends it.
    @Test func answersThatAreNotReadCloseIt() async throws {
        try await withServer(
            configure: {
                $0.server.webSocket.maximumOutboundBytes = 65_536
                // Who does not read does not answer the close frame either.
                $0.server.webSocket.closeTimeout = .milliseconds(1)
                $0.catchUpTimeout = .seconds(3600)
            }
        ) { server in
            let alice = try await server.settledPeer("alice")
            for _ in 1...10 { try await alice.say(Self.text) }
            let slow = try await Self.peerThatDoesNotRead(server)
            for _ in 1...500 { try await slow.send(.history(HistoryQuery())) }
            try await until { server.gateway.connectionCount == 1 }
        }
    }

    private static let text = String(repeating: "x", count: 16_000)

    private static func peerThatDoesNotRead(_ server: TestServer) async throws -> ChatPeer {
        let slow = try await server.settledPeer("slow")
        try await self.stopReading(slow)
        return slow
    }

    private static func stopReading(_ peer: ChatPeer) async throws {
        // The system would take tens of megabytes for it.
        try await peer.raw.channel.setOption(.socketOption(.so_rcvbuf), value: 65_536).get()
        try await peer.raw.channel.setOption(.autoRead, value: false).get()
    }

    /// Reads messages, which must be 1, 2, 3…, up to the gap.
    private static func readToTheGap(_ peer: ChatPeer) async throws -> (last: Int64, gap: RoomGap) {
        var last: Int64 = 0
        while true {
            let event = try await peer.next()
            switch event.kind {
            case .message(let message):
                #expect(message.sequence == last + 1)
                last = message.sequence
            case .gap(let gap): return (last, gap)
            default: throw ChatPeer.Unexpected(event: event)
            }
        }
    }

    /// One that takes the answers as fast as it asks is never closed for it, however long it goes on.
    @Test func muchIsNotSlow() async throws {
        try await withServer(configure: { $0.server.webSocket.maximumOutboundBytes = 65_536 }) { server in
            let peer = try await server.settledPeer("alice")
            let text = String(repeating: "x", count: 16_000)
            for sequence in 1...200 { #expect(try await peer.say(text).sequence == Int64(sequence)) }
        }
    }
}
