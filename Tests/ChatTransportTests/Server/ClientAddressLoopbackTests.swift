import NIOCore
import Synchronization
import Testing

@testable import ChatTransport

/// Where a connection comes from, as a proxy in front tells.
@Suite(.timeLimit(.minutes(1)))
struct ClientAddressLoopbackTests {
    /// The addresses that the server is told, of connections that send this before and within their requests.
    private static func address(
        _ header: [UInt8] = [], forwardedFor: String? = nil, _ change: (inout WebSocketServerConfiguration) throws -> Void
    ) async throws -> (status: Int?, address: String?) {
        let addresses = Mutex<[String?]>([])
        var status: Int?
        try await withServer(
            change,
            decide: { request in
                addresses.withLock { $0.append(request.remoteAddress) }
                return .accept()
            }
        ) { server in
            let peer = try await WirePeer.connect(to: server.port)
            peer.ask(after: header) { if let forwardedFor { $0.add("X-Forwarded-For", forwardedFor) } }
            status = try await peer.status()
            peer.vanish()
        }
        return (status, addresses.withLock { $0.first ?? nil })
    }

    private static let versionTwo: [UInt8] =
        [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12]
        + [203, 0, 113, 7, 10, 0, 0, 1, 0x12, 0x34, 0x01, 0xBB]

    @Test func withoutAProxy() async throws {
        let (status, address) = try await Self.address(forwardedFor: "198.51.100.1") { _ in }
        #expect(status == 101)
        #expect(address == "127.0.0.1")
    }

    @Test func proxyProtocol() async throws {
        let one = try await Self.address(Array("PROXY TCP4 203.0.113.7 10.0.0.1 4660 443\r\n".utf8)) { $0.proxyProtocol = true }
        #expect(one.status == 101)
        #expect(one.address == "203.0.113.7")
        let two = try await Self.address(Self.versionTwo) { $0.proxyProtocol = true }
        #expect(two.status == 101)
        #expect(two.address == "203.0.113.7")
        let six = try await Self.address(Array("PROXY TCP6 2001:db8::7 2001:db8::1 4660 443\r\n".utf8)) { $0.proxyProtocol = true }
        #expect(six.address == "2001:db8::7")
        let unknown = try await Self.address(Array("PROXY UNKNOWN\r\n".utf8)) { $0.proxyProtocol = true }
        #expect(unknown.address == "127.0.0.1")
    }

    @Test func withoutTheHeaderThatIsMandatory() async throws {
        let (status, address) = try await Self.address { $0.proxyProtocol = true }
        #expect(status == nil)
        #expect(address == nil)
    }

    @Test func forwardedFor() async throws {
        let trusted = try await Self.address(forwardedFor: "198.51.100.1, 10.1.2.3") {
            $0.trustedProxies = try TrustedProxies(["127.0.0.1", "10.0.0.0/8"])
        }
        #expect(trusted.address == "198.51.100.1")
        let forged = try await Self.address(forwardedFor: "198.51.100.1") { $0.trustedProxies = try TrustedProxies(["10.0.0.0/8"]) }
        #expect(forged.address == "127.0.0.1")
        let behind = try await Self.address(Self.versionTwo, forwardedFor: "198.51.100.1") {
            $0.proxyProtocol = true
            $0.trustedProxies = try TrustedProxies(["203.0.113.0/24"])
        }
        #expect(behind.address == "198.51.100.1")
    }

    /// Counted for the client, not for the proxy, and given back when it goes.
    @Test(arguments: [false, true]) func countsForTheLimit(_ isProxyProtocol: Bool) async throws {
        try await withServer({
            $0.maximumConnectionsPerAddress = 1
            $0.proxyProtocol = isProxyProtocol
            if !isProxyProtocol { $0.trustedProxies = try TrustedProxies(["127.0.0.1"]) }
        }) { server in
            func connect(_ address: String) async throws -> (WirePeer, Int?) {
                let peer = try await WirePeer.connect(to: server.port)
                let header = "PROXY TCP4 \(address) 10.0.0.1 4660 443\r\n"
                peer.ask(after: isProxyProtocol ? Array(header.utf8) : []) { if !isProxyProtocol { $0.add("X-Forwarded-For", address) } }
                return (peer, try? await peer.status())
            }
            let (first, firstStatus) = try await connect("203.0.113.1")
            #expect(firstStatus == 101)
            for _ in 0..<3 {
                let (refused, status) = try await connect("203.0.113.1")
                #expect(status == (isProxyProtocol ? nil : 429))
                refused.vanish()
            }
            let (second, secondStatus) = try await connect("203.0.113.2")
            #expect(secondStatus == 101)
            first.vanish()
            while server.connectionCount > 1 { try await second.channel.eventLoop.submit {}.get() }
            let (third, thirdStatus) = try await connect("203.0.113.1")
            #expect(thirdStatus == 101)
            third.vanish()
            second.vanish()
        }
    }

    /// An address whose handshakes never end could take every place.
    @Test func whoComesByNoTrustedProxyCountsAtOnce() async throws {
        try await withServer({
            $0.maximumConnectionsPerAddress = 1
            $0.trustedProxies = try TrustedProxies(["203.0.113.1"])
            $0.handshakeTimeout = .seconds(1000)  // That would end it as well.
        }) { server in
            let first = try await WirePeer.connect(to: server.port)
            while server.connectionCount < 1 { try await first.channel.eventLoop.submit {}.get() }
            let second = try await WirePeer.connect(to: server.port)
            #expect(try await second.end() == [])
            first.vanish()
        }
    }

    @Test func aProxyThatSendsItsHeaderByteByByte() async throws {
        try await withServer({ $0.proxyProtocol = true }) { server in
            let peer = try await WirePeer.connect(to: server.port)
            for byte in Self.versionTwo {
                peer.send([byte])
                try await peer.channel.eventLoop.submit {}.get()
            }
            peer.ask()
            #expect(try await peer.status() == 101)
            peer.send(.text("hello"))
            #expect(try await peer.text() == "hello")
            peer.vanish()
        }
    }
}
