import ChatProtocol
import ChatServer
import ChatTransport
import Testing

/// Connections that are opened and never become a WebSocket.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct UnfinishedHandshakeTests {
    /// How far they get.
    enum Start: CaseIterable {
        case nothing, halfALine, halfTheFields

        var bytes: String {
            switch self {
            case .nothing: ""
            case .halfALine: "GET /w"
            case .halfTheFields: "GET /ws HTTP/1.1\r\nHost: chat.example\r\nUpgrade: webs"
            }
        }
    }

    @Test(arguments: HostKind.allCases, Start.allCases)
    func aThousandOfThemAreClosedAndTheOthersGoOn(_ kind: HostKind, _ start: Start) async throws {
        try await withServer(kind, configure: { $0.server.handshakeTimeout = .seconds(3) }) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            var unfinished: [RawConnection] = []
            for _ in 0..<1000 {
                let raw = try await server.connect()
                if start != .nothing { try await raw.write(start.bytes) }
                unfinished.append(raw)
            }
            try await alice.say("meanwhile")
            #expect(try await bob.nextMessage().message == "meanwhile")
            for raw in unfinished { #expect(try await raw.readToEnd() == "") }
            let carol = try await server.settledPeer("carol")
            try await carol.say("afterwards")
            #expect(try await bob.nextMessage().message == "afterwards")
            #expect(server.gateway.connectionCount == 3)
        }
    }

    /// Its time does not begin anew with every byte.
    @Test(arguments: HostKind.allCases)
    func aTrickleIsNoHandshake(_ kind: HostKind) async throws {
        try await withServer(kind, configure: { $0.server.handshakeTimeout = .milliseconds(300) }) { server in
            let raw = try await server.connect()
            let trickle = Task {
                for byte in RawConnection.request("/ws").utf8.dropLast(2) {
                    try await raw.write([byte])
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await raw.readToEnd() == "")
            trickle.cancel()
        }
    }

    @Test func whatIsNoHandshakeIsAnsweredAndClosed() async throws {
        try await withServer { server in
            for (request, status) in [
                (RawConnection.request("/ws"), 426),
                (RawConnection.request("/ws", method: "POST"), 400),
                (RawConnection.handshake(token: "alice").replacing("Version: 13", with: "Version: 8"), 426),
                (RawConnection.handshake(token: "alice").replacing("Key: d", with: "Key: "), 400),
                (RawConnection.handshake("/other", token: "alice"), 404),
                (RawConnection.handshake("/ws/", token: "alice"), 404),
                ("hello\r\n\r\n", 400),
                (RawConnection.handshake(token: "alice", fields: ["X: " + String(repeating: "y", count: 20_000)]), 400),
                (RawConnection.handshake(token: "alice", fields: (0..<200).map { "X-\($0): y" }), 400),
            ] {
                let raw = try await server.connect()
                try await raw.write(request)
                #expect(try await raw.answer().status == status, "\(request.prefix(200))")
                #expect(try await raw.readToEnd() == "")
            }
            #expect(server.gateway.connectionCount == 0)
        }
    }
}
