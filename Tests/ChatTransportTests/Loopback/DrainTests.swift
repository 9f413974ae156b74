import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct DrainTests {
    @Test func everyConnectionIsToldAndEnds() async throws {
        try await withServer { server in
            let url = server.url
            let opened = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(10))
            try await withThrowingTaskGroup(of: WebSocketClosure.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await WebSocketClient.withConnection(to: url) { connection in
                            opened.continuation.yield()
                            let texts = try await connection.texts()
                            #expect(texts == [])
                            return await connection.closure
                        }
                    }
                }
                var iterator = opened.stream.makeAsyncIterator()
                for _ in 0..<10 { _ = await iterator.next() }
                await server.drain()
                for try await closure in group { #expect(closure == WebSocketClosure(code: .goingAway, reason: "Going away")) }
            }
            try await server.waitUntilClosed()
            let error = await #expect(throws: WebSocketError.self) { try await WebSocketClient.withConnection(to: url) { _ in } }
            #expect(error?.code == .connectFailed)
            await server.drain()  // Once more is no harm.
        }
    }

    @Test func aServerWithoutConnectionsEndsAtOnce() async throws {
        try await withServer({ $0.drainTimeout = .seconds(600) }) { await $0.drain() }
    }

    /// The connection of a peer that does not answer, and of a handler that does not return, was left open.
    @Test func whatDoesNotEndIsCut() async throws {
        let held = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer(
            {
                $0.drainTimeout = .seconds(1)
                $0.webSocket.closeTimeout = .seconds(600)
            }, handle: { _ in for await _ in held.stream {} }
        ) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                async let drained: Void = server.drain()
                while let frame = try await peer.frame() { #expect(frame == .close(1001, "Going away")) }
                await drained
            }
            held.continuation.finish()
        }
    }

    /// It need not wait for the time that a drain may take if the peer answers.
    @Test func aHandlerThatDoesNotReturnHoldsUpNobody() async throws {
        let held = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer({ $0.drainTimeout = .seconds(600) }, handle: { _ in for await _ in held.stream {} }) { server in
            try await WebSocketClient.withConnection(to: server.url) { connection in
                await server.drain()
                let texts = try await connection.texts()
                #expect(texts == [])
                #expect(await connection.closure.code == .goingAway)
            }
            held.continuation.finish()
        }
    }

    /// Nor a client that has connected and said nothing.
    @Test func aHandshakeUnderWayIsNotWaitedFor() async throws {
        try await withServer({
            $0.drainTimeout = .seconds(600)
            $0.handshakeTimeout = .seconds(600)
        }) { server in
            try await RawPeer.upgrade(to: server.port) { upgraded in
                try await RawPeer.connect(to: server.port) { peer in
                    try await peer.send(Array("GET /".utf8))
                    async let drained: Void = server.drain()
                    #expect(try await upgraded.frame()?.closeCode == 1001)
                    try await upgraded.send(.close(1001))
                    await peer.end()
                    await drained
                }
            }
        }
    }
}
