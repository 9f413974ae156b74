import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    @Test func oneTooManyIsClosedWithoutAnAnswer() async throws {
        try await withServer({ $0.maximumConnections = 3 }) { server in
            let open = try await WirePeer.upgrade(to: server.port)
            let asked = try await WirePeer.upgrade(to: server.port)
            // Counts from its first moment on, not from its handshake.
            let silent = try await WirePeer.connect(to: server.port)
            while server.connectionCount < 3 { try await silent.channel.eventLoop.submit {}.get() }
            for _ in 0..<5 {
                let refused = try await WirePeer.connect(to: server.port)
                refused.ask()
                #expect(try await refused.end() == [])
                #expect(server.connectionCount == 3)
            }
            // Those who were there are still served.
            open.send(.text("hello"))
            #expect(try await open.text() == "hello")

            asked.send(.close(1000))
            #expect(try await asked.rest() == [.close(1000)])
            let next = try await WirePeer.upgrade(to: server.port)
            silent.vanish()
            next.send(.text("hello"))
            #expect(try await next.text() == "hello")
            try await Self.waitUntil(server, is: 2, eventLoop: next.channel.eventLoop)
        }
    }

    /// Each look takes a turn of an event loop.
    private static func waitUntil(_ server: WebSocketServer, is count: Int, eventLoop: any EventLoop) async throws {
        while server.connectionCount != count { try await eventLoop.submit {}.get() }
    }

    @Test func theLimitOfAnAddress() async throws {
        try await withServer({ $0.maximumConnectionsPerAddress = 2 }) { server in
            let first = try await WirePeer.upgrade(to: server.port)
            let second = try await WirePeer.upgrade(to: server.port)
            let refused = try await WirePeer.connect(to: server.port)
            refused.ask()
            #expect(try await refused.end() == [])
            first.vanish()
            try await Self.waitUntil(server, is: 1, eventLoop: second.channel.eventLoop)
            let third = try await WirePeer.upgrade(to: server.port)
            third.send(.text("hello"))
            #expect(try await third.text() == "hello")
        }
    }

    /// However connections end, in whatever state, the count comes back to what it was.
    @Test func isExactUnderChurn() async throws {
        try await withServer(
            {
                $0.maximumConnections = 20
                $0.maximumConnectionsPerAddress = 18
            }, decide: { $0.path == "/no" ? .reject(status: .notFound) : .accept() }
        ) { server in
            let port = server.port
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<6 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(worker))
                        for _ in 0..<40 {
                            let peer = try await WirePeer.connect(to: port)
                            switch Int.random(in: 0..<7, using: &generator) {
                            case 0: peer.vanish()
                            case 1: try await peer.reset()
                            case 2:
                                peer.send(Array("GET /".utf8))
                                peer.vanish()
                            case 3:
                                peer.send(Array("POST / HTTP/1.1\r\n\r\n".utf8))
                                #expect(try await peer.status() == 400)
                                peer.vanish()
                            case 4:
                                peer.ask { $0.line = "GET /no HTTP/1.1" }
                                #expect(try await peer.status() == 404)
                                try await peer.reset()
                            case 5:
                                peer.ask()
                                #expect(try await peer.status() == 101)
                                try await peer.reset()
                            default:
                                peer.ask()
                                #expect(try await peer.status() == 101)
                                peer.send(.text("hello"), .close(1000))
                                // The echo may come too late.
                                #expect(try await peer.rest().last == .close(1000))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let watch = try await WirePeer.connect(to: port)
            try await Self.waitUntil(server, is: 1, eventLoop: watch.channel.eventLoop)
            // All of the limit is there again.
            var peers = [watch]
            for _ in 0..<17 { peers.append(try await WirePeer.upgrade(to: port)) }
            let refused = try await WirePeer.connect(to: port)
            #expect(try await refused.end() == [])
            for peer in peers { peer.vanish() }
        }
    }
}
