import ChatProtocol
import ChatServer
import ChatTransport
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct SlowReaderTests {
    /// It holds up nobody and costs no more than its bound; when it reads again, it finds what it was sent in order, and 4008 at the end.
    @Test(arguments: HostKind.allCases)
    func whoDoesNotReadIsClosedAndTheOthersGoOn(_ kind: HostKind) async throws {
        let total = 1200
        try await withServer(
            kind,
            configure: {
                $0.server.webSocket.maximumOutboundBytes = 65_536
                $0.server.webSocket.closeTimeout = .seconds(60)  // So that it is still there to be read.
            }
        ) { server in
            let slow = try await ChatPeer.open(server.connect(), handshake: RawConnection.handshake(token: "slow"))
            try await slow.settle()
            try await slow.raw.channel.setOption(.autoRead, value: false).get()
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            let text = String(repeating: "x", count: 16_000)
            async let heard: [Int64] = {
                var sequences: [Int64] = []
                while sequences.count < total { sequences.append(try await bob.nextMessage().sequence) }
                return sequences
            }()
            for _ in 1...total { try await alice.say(text) }
            #expect(try await heard == (1...Int64(total)).map { $0 })

            try await slow.raw.startReading()
            var last: Int64 = 0
            await #expect(throws: ChatPeer.Closed(code: 4008)) {
                while true {
                    let sequence = try await slow.nextMessage().sequence
                    #expect(sequence == last + 1)
                    last = sequence
                }
            }
            #expect(last > 0 && last < Int64(total))
            try await until { server.gateway.connectionCount == 2 }
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
