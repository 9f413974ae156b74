import ChatProtocol
import ChatServer
import ChatTesting
import ChatTransport
import NIOCore
import Testing

/// Where and how the two hosts listen.
@Suite(.timeLimit(.minutes(1)))
struct ListenerTests {
    @Test(arguments: HostKind.allCases)
    func peopleChatThroughAUnixDomainSocket(_ kind: HostKind) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/chat.sock"
            try await withServer(kind, unixDomainSocket: path) { server in
                #expect(server.address.pathname == path)
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                try await alice.say("hello")
                #expect(try await bob.nextMessage().message == "hello")
            }
        }
    }

    /// Under Hummingbird it was passed over, and the chat was served without TLS.
    @Test(arguments: HostKind.allCases)
    func theConfigurationsTLSIsUsed(_ kind: HostKind) async throws {
        let tls = try ServerTLS(TestCertificate.serverConfiguration())
        try await withServer(kind, configure: { $0.server.tls = tls }) { server in
            let port = try #require(server.address.port)
            var configuration = WebSocketClientConfiguration()
            configuration.tls = try TestCertificate.clientConfiguration()
            let url = "wss://localhost:\(port)/ws?token=alice"
            try await WebSocketClient.withConnection(to: url, configuration: configuration) { connection in
                try await connection.send(String(decoding: ChatRequest(.ping, ref: "1").encoded(), as: UTF8.self))
                var kinds: [ChatEvent.Kind] = []
                for try await message in connection.messages {
                    let event = try ChatEvent(decoding: Array(message.bytes.readableBytesView))
                    kinds.append(event.kind)
                    if event.ref == "1" { break }
                }
                #expect(kinds.last == .pong)
            }
            let plain = try await server.connect()
            try await plain.write(RawConnection.request("/hello"))
            let answer = try await plain.readToEnd()
            #expect(!answer.hasPrefix("HTTP"))
        }
    }

    enum Field: CaseIterable {
        case backlog, listensOnEveryEventLoop
    }

    /// What would be set in vain is refused.
    @Test(arguments: Field.allCases)
    func hummingbirdListensByItself(_ field: Field) async throws {
        await #expect(throws: InvalidConfigurationError.self) {
            try await withServer(
                .hummingbird,
                configure: {
                    switch field {
                    case .backlog: $0.server.backlog = 4096
                    case .listensOnEveryEventLoop: $0.server.listensOnEveryEventLoop = true
                    }
                }
            ) { _ in Issue.record("it listens") }
        }
    }
}
