import ChatProtocol
import ChatServer
import ChatStore
import ChatStoreSQLite
import ChatTransport
import NIOCore
import Testing

/// Going down: nobody is let in, what was begun is answered, everybody is asked to leave.
@Suite(.timeLimit(.minutes(2)))
struct DrainTests {
    @Test(arguments: HostKind.allCases)
    func everybodyGets1001AndNobodyIsLetIn(_ kind: HostKind) async throws {
        try await withServer(kind) { server in
            var peers: [ChatPeer] = []
            for index in 0..<20 { peers.append(try await server.settledPeer("user-\(index)")) }
            await server.beginShutdown()
            for peer in peers { #expect(try await peer.closeCode() == 1001) }
            try await server.waitForEnd()
            #expect(server.gateway.connectionCount == 0, "it has waited for them")
            #expect(!server.gateway.isAccepting)
            await #expect(throws: (any Error).self) { try await server.connect() }
        }
    }

    @Test(arguments: HostKind.allCases)
    func whatWasBegunIsAnsweredFirst(_ kind: HostKind) async throws {
        let store = ScriptedStore()
        try await withServer(kind, store: store) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            store.appends.shut()
            for ref in 1...5 { try await alice.send(.sendMessage(OutgoingMessage(message: "\(ref)")), ref: "\(ref)") }
            try await store.appends.nextArrival()
            #expect(try await alice.ask(.ping).kind == .pong, "all five have begun")
            await server.beginShutdown()
            #expect(try await bob.closeCode() == 1001, "who waits for nothing goes at once")
            store.appends.open()
            var refs: [String] = []
            await #expect(throws: ChatPeer.Closed(code: 1001)) {
                while true { if let ref = try await alice.next().ref { refs.append(ref) } }
            }
            #expect(refs == ["1", "2", "3", "4", "5"])
            try await server.waitForEnd()
            #expect(try await store.base.position(room: "general").sequence == 5)
        }
    }

    /// Everything that was acknowledged is in the file, and everything in the file was acknowledged: clean, not only safe.
    @Test(arguments: HostKind.allCases)
    func nothingThatWasAcknowledgedIsLost(_ kind: HostKind) async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
            let acknowledged = try await withServer(kind, store: store) { server in
                var peers: [ChatPeer] = []
                for index in 0..<8 { peers.append(try await server.settledPeer("user-\(index)")) }
                return try await withThrowingTaskGroup(of: [String: Int64].self) { tasks in
                    for (index, peer) in peers.enumerated() { tasks.addTask { try await Self.sendUntilClosed(peer, index) } }
                    tasks.addTask {
                        try await until { try await store.position(room: "general").sequence > 200 }
                        await server.beginShutdown()
                        try await server.waitForEnd()
                        return [:]
                    }
                    return try await tasks.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
                }
            }
            try store.close()
            let reopened = try SQLiteStore(path: directory + "/chat.sqlite", durability: .process)
            let kept = try await reopened.history(room: "general", range: .newest, limit: 100_000, maximumBytes: .max).messages
            #expect(kept.map(\.sequence) == (1...Int64(kept.count)).map { $0 })
            #expect(Dictionary(uniqueKeysWithValues: kept.map { ($0.message, $0.sequence) }) == acknowledged)
            #expect(acknowledged.count > 200)
            try reopened.close()
        }
    }

    /// - Returns: the texts that were acknowledged, with their sequences.
    private static func sendUntilClosed(_ peer: ChatPeer, _ index: Int) async throws -> [String: Int64] {
        let sending = Task {
            for number in 0... {
                try await peer.send(.sendMessage(OutgoingMessage(message: "\(index)/\(number)")), ref: "\(index)/\(number)")
            }
        }
        defer { sending.cancel() }
        var acknowledged: [String: Int64] = [:]
        do {
            while true {
                let event = try await peer.next()
                if let receipt = event.receipt, let ref = event.ref { acknowledged[ref] = receipt.sequence }
            }
        } catch let closed as ChatPeer.Closed {
            #expect(closed.code == 1001)
        }
        return acknowledged
    }

    @Test func aGatewayThatGoesDownAnswers503() async throws {
        try await withServer { server in
            await server.gateway.shutDown()
            let answer = try await server.connect().get("/ws")
            #expect(answer.status == 426, "no handshake")
            await #expect {
                try await server.peer("alice")
            } throws: { error in
                let answer = (error as? ChatPeer.Rejected)?.answer
                return answer?.status == 503 && answer?.fields["retry-after"] == "1"
            }
        }
    }

    @Test func shuttingDownTwiceIsNoError() async throws {
        try await withServer { server in
            let peer = try await server.settledPeer("alice")
            async let first: Void = server.gateway.shutDown()
            async let second: Void = server.gateway.shutDown()
            #expect(try await peer.closeCode() == 1001)
            _ = await (first, second)
            await server.gateway.shutDown()
        }
    }

    /// A client that was let in and not yet in its room when the gateway went down.
    @Test func whoComesAtTheLastMomentIsAskedToLeave() async throws {
        let store = ScriptedStore()
        try await withServer(store: store) { server in
            store.positions.shut()
            let peer = try await server.peer("alice")
            try await store.positions.nextArrival()
            async let down: Void = server.gateway.shutDown()
            try await until { !server.gateway.isAccepting }
            store.positions.open()
            #expect(try await peer.closeCode() == 1001)
            await down
        }
    }

    @Test func aHistoryThatIsBeingReadIsAnswered() async throws {
        let store = ScriptedStore()
        try await withServer(store: store) { server in
            let peer = try await server.settledPeer("alice")
            store.histories.shut()
            try await peer.send(.history(HistoryQuery()), ref: "h")
            try await store.histories.nextArrival()
            async let down: Void = server.gateway.shutDown()
            try await until { !server.gateway.isAccepting }
            store.histories.open()
            #expect(try await peer.next().ref == "h")
            #expect(try await peer.closeCode() == 1001)
            await down
        }
    }

    @Test(arguments: HostKind.allCases)
    func aClientThatDoesNotLeaveIsNotWaitedForForEver(_ kind: HostKind) async throws {
        try await withServer(
            kind,
            configure: {
                $0.server.webSocket.closeTimeout = .seconds(600)
                $0.server.drainTimeout = .milliseconds(200)
            }
        ) { server in
            let raw = try await server.connect(isReading: false)
            try await raw.write(RawConnection.handshake(token: "deaf"))
            try await until { server.gateway.connectionCount == 1 }
            await server.beginShutdown()
            try await server.waitForEnd()
        }
    }

    /// It is the server's own business to end, not that of a client which does not answer.
    @Test(arguments: HostKind.allCases)
    func aClientThatDoesNotLeaveIsCut(_ kind: HostKind) async throws {
        try await withServer(kind, configure: { $0.server.webSocket.closeTimeout = .milliseconds(100) }) { server in
            let raw = try await server.connect(isReading: false)
            try await raw.write(RawConnection.handshake(token: "deaf"))
            try await until { server.gateway.connectionCount == 1 }
            await server.beginShutdown()
            try await server.waitForEnd()
            try await until { server.gateway.connectionCount == 0 }
        }
    }
}
