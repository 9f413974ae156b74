import ChatAuth
import ChatProtocol
import ChatServer
import ChatService
import ChatTransport
import Testing

/// Requests that cannot be read or are too large. The connection stays, and so do the others.
@Suite(.timeLimit(.minutes(2)))
struct BadRequestTests {
    enum BadRequest: CaseIterable {
        case malformed, notAnObject, empty, deep, deepInAMember, unknownAction, noAction, longMessage, longRoom, emptyRoom, wrongType,
            longRef

        var json: String {
            switch self {
            case .malformed: #"{"action":"ping""#
            case .notAnObject: "[1,2,3]"
            case .empty: ""
            case .deep: String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
            case .deepInAMember:
                #"{"action":"ping","x":"# + String(repeating: #"{"a":"#, count: 5000) + "1" + String(repeating: "}", count: 5001)
            case .unknownAction: #"{"action":"dance"}"#
            case .noAction: #"{"message":"hello"}"#
            case .longMessage: #"{"action":"sendMessage","message":"\#(String(repeating: "x", count: 16_385))"}"#
            case .longRoom: #"{"action":"joinRoom","room":"\#(String(repeating: "x", count: 30_000))"}"#
            case .emptyRoom: #"{"action":"joinRoom","room":""}"#
            case .wrongType: #"{"action":"sendMessage","message":7}"#
            case .longRef: #"{"action":"ping","ref":"\#(String(repeating: "x", count: 129))"}"#
            }
        }

        var code: ChatErrorCode {
            switch self {
            case .malformed, .notAnObject, .empty, .deep, .deepInAMember, .noAction: .malformedRequest
            case .unknownAction: .unknownAction
            case .longMessage: .messageTooLong
            case .longRoom, .emptyRoom: .invalidRoom
            case .wrongType, .longRef: .invalidField
            }
        }
    }

    /// Everybody here has signed in.
    private static func withPeers(
        _ kind: HostKind = .chatServer, configure: (inout GatewayConfiguration) -> Void = { _ in },
        _ body: (_ bad: ChatPeer, _ alice: ChatPeer, _ bob: ChatPeer) async throws -> Void
    ) async throws {
        let issuer = try await TokenIssuer()
        var tokens: [String] = []
        for name in ["mallory", "alice", "bob"] { tokens.append(try await issuer.tokens(name).accessToken) }
        try await withServer(kind, authorizer: TokenAuthorizer(issuer.pool.tokenVerifier), configure: configure) { server in
            try await body(server.settledPeer(tokens[0]), server.settledPeer(tokens[1]), server.settledPeer(tokens[2]))
        }
    }

    @Test(arguments: HostKind.allCases)
    func eachGetsItsErrorAndTheConnectionStays(_ kind: HostKind) async throws {
        try await Self.withPeers(kind) { bad, alice, bob in
            for request in BadRequest.allCases {
                try await bad.send(request.json)
                let event = try await bad.next()
                #expect(event.error?.code == request.code && event.ref == nil, "\(request)")
                try await alice.say("after \(request)")
                #expect(try await bob.nextMessage().message == "after \(request)")
                #expect(try await bad.nextMessage().message == "after \(request)")
            }
        }
    }

    /// 10 MB are announced in one frame: the announcement is enough to close.
    @Test(arguments: HostKind.allCases)
    func aRoomNameOf10MegabytesIs1009(_ kind: HostKind) async throws {
        try await Self.withPeers(kind) { bad, alice, bob in
            let json = Array(#"{"action":"joinRoom","room":"\#(String(repeating: "x", count: 10_000_000))"}"#.utf8)
            async let sent: Void = bad.raw.write(ChatPeer.frame(.text, json))
            #expect(try await bad.closeCode() == 1009)
            try? await sent
            try await alice.say("hello")
            #expect(try await bob.nextMessage().message == "hello")
        }
    }

    /// In frames that are each short enough.
    @Test(arguments: HostKind.allCases)
    func norDoesItComeInPieces(_ kind: HostKind) async throws {
        try await Self.withPeers(kind) { bad, alice, bob in
            async let sent: Void = {
                try await bad.raw.write(ChatPeer.frame(.text, Array(#"{"action":"joinRoom","room":""#.utf8), isFinal: false))
                let piece = ChatPeer.frame(.continuation, Array(repeating: UInt8(ascii: "x"), count: 32_000), isFinal: false)
                for _ in 0..<312 { try await bad.raw.write(piece) }
            }()
            #expect(try await bad.closeCode() == 1009)
            try? await sent
            try await alice.say("hello")
            #expect(try await bob.nextMessage().message == "hello")
        }
    }

    /// A host that takes frames of that size.
    @Test func whereFramesMayBeThatLongItIsAnInvalidRoom() async throws {
        try await Self.withPeers(configure: {
            $0.server.webSocket.maximumFrameBytes = 16_000_000
            $0.server.webSocket.maximumMessageBytes = 16_000_000
        }) { bad, alice, bob in
            try await bad.send(#"{"action":"joinRoom","ref":"1","room":"\#(String(repeating: "x", count: 10_000_000))"}"#)
            let event = try await bad.next()
            #expect(event.ref == "1" && event.error?.code == .invalidRoom)
            try await alice.say("hello")
            #expect(try await bob.nextMessage().message == "hello")
        }
    }

    @Test func errorsAreCountedByTheirCode() async throws {
        let metrics = PrometheusMetrics()
        try await withServer(metrics: metrics) { server in
            let peer = try await server.settledPeer("alice")
            for _ in 0..<3 {
                try await peer.send("no JSON")
                #expect(try await peer.next().error?.code == .malformedRequest)
            }
            #expect(metrics.text().contains("chat_request_errors_total{code=\"malformedRequest\"} 3\n"))
        }
    }
}
