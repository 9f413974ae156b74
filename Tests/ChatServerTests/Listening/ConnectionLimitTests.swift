import ChatProtocol
import ChatServer
import ChatTesting
import ChatTransport
import Testing

/// A connection counts from its first moment on until it closes, whatever it will be.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    enum Limit: CaseIterable {
        case inAll, ofAnAddress

        func set(_ count: Int, of configuration: inout WebSocketServerConfiguration) {
            switch self {
            case .inAll: configuration.maximumConnections = count
            case .ofAnAddress: configuration.maximumConnectionsPerAddress = count
            }
            // Longer than a test may take: a connection that is closed has been refused.
            configuration.handshakeTimeout = .seconds(1000)
        }
    }

    private static func expectRefused(_ server: TestServer) async throws {
        let refused = try await server.connect()
        #expect(try await refused.readToEnd() == "")
    }

    /// Somebody who is let in, once the server has heard that another has gone.
    private static func nextPeer(_ server: TestServer) async throws -> ChatPeer {
        var peer: ChatPeer?
        try await until {
            peer = try? await server.peer("bob")
            return peer != nil
        }
        return try #require(peer)
    }

    /// Under Hummingbird they counted only from a request line on that named the WebSocket.
    @Test(arguments: HostKind.allCases, Limit.allCases)
    func silentConnectionsCountToo(_ kind: HostKind, _ limit: Limit) async throws {
        // On one event loop connections are set up in the order in which they come.
        try await withEventLoops(1) { group in
            try await withServer(kind, group: group, configure: { limit.set(3, of: &$0.server) }) { server in
                let silent = try await server.connect()
                let other = try await server.connect()
                switch kind {
                case .chatServer: try await other.write("GET /w")
                case .hummingbird: #expect(try await other.get("/hello").body == "hello")
                }
                let alice = try await server.settledPeer("alice")
                try await Self.expectRefused(server)
                #expect(try await alice.ask(.ping).kind == .pong)
                // Each gives back one place, and no more than that.
                for leaving in [silent, other, alice.raw] {
                    leaving.close()
                    _ = try await Self.nextPeer(server)
                    try await Self.expectRefused(server)
                }
                #expect(server.gateway.connectionCount == 3)
            }
        }
    }

    @Test(arguments: HostKind.allCases, Limit.allCases)
    func unfinishedTLSCountsToo(_ kind: HostKind, _ limit: Limit) async throws {
        let tls = try ServerTLS(TestCertificate.serverConfiguration())
        try await withEventLoops(1) { group in
            try await withServer(
                kind, group: group,
                configure: {
                    limit.set(2, of: &$0.server)
                    $0.server.tls = tls
                }
            ) { server in
                let silent = try await server.connect()
                let begun = try await server.connect()
                try await begun.write([0x16, 0x03, 0x01] as [UInt8])
                try await Self.expectRefused(server)
                silent.close()
                begun.close()
            }
        }
    }

    // MARK: Behind a proxy

    /// With the PROXY protocol a connection is one client's, whatever it is for.
    @Test func aConnectionCountsForTheAddressInItsHeader() async throws {
        try await withServer(
            .hummingbird,
            configure: {
                Limit.ofAnAddress.set(1, of: &$0.server)
                $0.server.proxyProtocol = true
            }
        ) { server in
            func connect(_ address: String) async throws -> RawConnection {
                let raw = try await server.connect()
                try await raw.write("PROXY TCP4 \(address) 10.0.0.1 4660 443\r\n")
                return raw
            }
            /// Without an answer.
            func isRefused(_ address: String, _ request: String) async throws -> Bool {
                let raw = try await connect(address)
                try? await raw.write(request)
                defer { raw.close() }
                return await (try? raw.readToEnd()) ?? "" == ""
            }
            let get = RawConnection.request("/hello", fields: ["Connection: close"])
            let socket = try await connect("203.0.113.1")
            try await socket.write(RawConnection.handshake(token: "alice"))
            #expect(try await socket.answer().status == 101)
            for request in ["", get, RawConnection.handshake(token: "alice")] { #expect(try await isRefused("203.0.113.1", request)) }

            let http = try await connect("203.0.113.2")
            #expect(try await http.get("/hello").body == "hello")
            #expect(try await isRefused("203.0.113.2", get))
            http.close()
            try await until { try await !isRefused("203.0.113.2", get) }

        }
    }

    /// An address whose handshakes never end could take every place.
    @Test func whoeverHasSentNoMoreThanTheHeaderCounts() async throws {
        try await withEventLoops(1) { group in
            try await withServer(
                .hummingbird, group: group,
                configure: {
                    Limit.ofAnAddress.set(1, of: &$0.server)
                    $0.server.proxyProtocol = true
                }
            ) { server in
                func connect() async throws -> RawConnection {
                    let raw = try await server.connect()
                    try await raw.write("PROXY TCP4 203.0.113.1 10.0.0.1 4660 443\r\n")
                    return raw
                }
                let idle = try await connect()
                let refused = try await connect()
                #expect(try await refused.readToEnd() == "")
                idle.close()
                try await until {
                    let next = try await connect()
                    try? await next.write(RawConnection.request("/hello", fields: ["Connection: close"]))
                    return await (try? next.readToEnd().hasSuffix("hello")) == true
                }
            }
        }
    }

    /// Over a trusted proxy's connection come the requests of many; a WebSocket is one client's.
    @Test func aWebSocketCountsForTheAddressThatWasForwarded() async throws {
        let proxies = try TrustedProxies(["127.0.0.1"])
        try await withServer(
            .hummingbird,
            configure: {
                Limit.ofAnAddress.set(1, of: &$0.server)
                $0.server.trustedProxies = proxies
            }
        ) { server in
            func shakeHands(_ address: String) async throws -> Int {
                let raw = try await server.connect()
                try await raw.write(RawConnection.handshake(token: "alice", fields: ["X-Forwarded-For: \(address)"]))
                return try await raw.answer().status
            }
            for _ in 0..<3 {
                let http = try await server.connect()
                #expect(try await http.get("/hello", fields: ["X-Forwarded-For: 203.0.113.1"]).body == "hello")
            }
            #expect(try await shakeHands("203.0.113.1") == 101)
            #expect(try await shakeHands("203.0.113.1") == 429)
            #expect(try await shakeHands("203.0.113.2") == 101)
        }
    }
}
