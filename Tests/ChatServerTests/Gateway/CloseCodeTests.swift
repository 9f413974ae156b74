import ChatProtocol
import ChatServer
import ChatStore
import ChatTransport
import Testing

/// How a connection ends, by the list of docs/PROTOCOL.md, and that nobody else notices.
@Suite(.timeLimit(.minutes(2)))
struct CloseCodeTests {
    /// What a client does wrong.
    enum Mistake: CaseIterable {
        case binary, invalidUTF8, splitInvalidUTF8, longFrame, longMessage, unmasked, reservedOpcode

        var frames: [UInt8] {
            switch self {
            case .binary: ChatPeer.frame(.binary, Array(#"{"action":"ping"}"#.utf8))
            case .invalidUTF8: ChatPeer.frame(.text, Array(#"{"action":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
            case .splitInvalidUTF8: ChatPeer.frame(.text, [0x22, 0xE2, 0x82], isFinal: false) + ChatPeer.frame(.continuation, [0x22])
            case .longFrame: ChatPeer.frame(.text, Array(repeating: 0x20, count: 32_769))
            case .longMessage:
                ChatPeer.frame(.text, Array(repeating: 0x20, count: 32_768), isFinal: false)
                    + (1...3).flatMap { _ in ChatPeer.frame(.continuation, Array(repeating: 0x20, count: 32_768), isFinal: false) }
                    + ChatPeer.frame(.continuation, [0x20])
            case .unmasked: [0x81, 2, 0x7B, 0x7D]
            case .reservedOpcode: [0x83, 0x80, 0, 0, 0, 0]
            }
        }

        var code: UInt16 {
            switch self {
            case .binary: 1003
            case .invalidUTF8, .splitInvalidUTF8: 1007
            case .longFrame, .longMessage: 1009
            case .unmasked, .reservedOpcode: 1002
            }
        }
    }

    @Test(arguments: HostKind.allCases, Mistake.allCases)
    func aMistakeClosesWithItsCode(_ kind: HostKind, _ mistake: Mistake) async throws {
        try await withServer(kind) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            let wrong = try await server.settledPeer("wrong")
            try await wrong.raw.write(mistake.frames)
            #expect(try await wrong.closeCode() == mistake.code)
            try await until { server.gateway.connectionCount == 2 }
            try await alice.say("hello")
            #expect(try await bob.nextMessage().message == "hello")
        }
    }

    @Test func whatJustFitsIsNoMistake() async throws {
        try await withServer { server in
            let peer = try await server.settledPeer("alice")
            func ping(_ count: Int) -> [UInt8] {
                let json = Array(#"{"action":"ping","ref":"1"}"#.utf8)
                return json + Array(repeating: 0x20, count: count - json.count)
            }
            try await peer.raw.write(ChatPeer.frame(.text, ping(32_768)))
            #expect(try await peer.next() == ChatEvent(.pong, ref: "1"))
            let message = ping(131_072)
            try await peer.raw.write(
                ChatPeer.frame(.text, Array(message[..<32_768]), isFinal: false)
                    + ChatPeer.frame(.continuation, Array(message[32_768..<65_536]), isFinal: false)
                    + ChatPeer.frame(.continuation, Array(message[65_536..<98_304]), isFinal: false)
                    + ChatPeer.frame(.continuation, Array(message[98_304...])))
            #expect(try await peer.next() == ChatEvent(.pong, ref: "1"))
        }
    }

    @Test(arguments: HostKind.allCases)
    func anExpiredTokenIs4001(_ kind: HostKind) async throws {
        let start = Timestamp.now()
        try await withServer(kind, authorizer: NameAuthorizer(expiresAt: start + .milliseconds(400)), now: { start }) { server in
            let peer = try await server.peer("alice")
            #expect(try await peer.closeCode() == 4001)
            try await until { server.gateway.connectionCount == 0 }
        }
    }

    /// A token that has run out between its check and the opening of the connection.
    @Test func oneThatHasExpiredAlreadyIs4001AtOnce() async throws {
        let start = Timestamp.now()
        try await withServer(authorizer: NameAuthorizer(expiresAt: Timestamp(millisecondsSinceEpoch: 0)), now: { start }) { server in
            let code = try await server.peer("alice").closeCode()
            #expect(code == 4001)
        }
    }

    @Test(arguments: [Int64.max, 253_402_300_799_999, 4_102_444_800_000])
    func aTokenMayHoldForEver(_ milliseconds: Int64) async throws {
        let expiresAt = Timestamp(millisecondsSinceEpoch: milliseconds)
        try await withServer(authorizer: NameAuthorizer(expiresAt: expiresAt)) { server in
            let peer = try await server.settledPeer("alice")
            #expect(try await peer.ask(.ping).kind == .pong)
        }
    }

    @Test func anIdleConnectionIs1001() async throws {
        try await withServer(configure: { $0.server.webSocket.idleTimeout = .milliseconds(200) }) { server in
            let code = try await server.peer("alice").closeCode()
            #expect(code == 1001)
        }
    }

    @Test func soIsOneThatIsOld() async throws {
        try await withServer(configure: { $0.server.webSocket.maximumLifetime = .milliseconds(300) }) { server in
            let peer = try await server.peer("alice")
            await #expect(throws: ChatPeer.Closed(code: 1001)) { while true { try await peer.ask(.ping) } }
        }
    }

    @Test func theDefaultsAreAPIGateways() {
        let configuration = GatewayConfiguration().server.webSocket
        #expect(configuration.idleTimeout == .seconds(600))
        #expect(configuration.maximumLifetime == .seconds(7200))
        #expect(configuration.maximumFrameBytes == 32_768)
        #expect(configuration.maximumMessageBytes == 131_072)
    }

    @Test func aCloseIsAnswered() async throws {
        try await withServer { server in
            let peer = try await server.settledPeer("alice")
            try await peer.raw.write(ChatPeer.frame(.close, [0x03, 0xE8]))
            #expect(try await peer.closeCode() == 1000)
            try await until { server.gateway.connectionCount == 0 }
        }
    }
}
