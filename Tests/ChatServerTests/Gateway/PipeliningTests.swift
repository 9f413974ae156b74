import ChatProtocol
import ChatServer
import ChatStore
import Testing

/// Requests that are sent without waiting for answers.
@Suite(.timeLimit(.minutes(2)))
struct PipeliningTests {
    private static let join = #"{"action":"joinRoom","ref":"j","room":"swift"}"#
    private static let send = #"{"action":"sendMessage","ref":"s","room":"swift","message":"hello"}"#

    @Test(arguments: HostKind.allCases)
    func joinAndSendInOnePacket(_ kind: HostKind) async throws {
        try await withServer(kind) { server in
            let peer = try await server.peer("alice")
            try await peer.send(Self.join, Self.send)
            let events = try await peer.next(3)
            #expect(events.map(\.ref) == ["j", "s", nil])
            #expect(events[1].receipt?.sequence == 1 && events[2].message?.message == "hello")
        }
    }

    @Test(arguments: HostKind.allCases)
    func evenInThePacketOfTheHandshake(_ kind: HostKind) async throws {
        try await withServer(kind) { server in
            let frames = [#"{"action":"sendMessage","ref":"1","message":"hello"}"#, Self.join, Self.send]
            let peer = try await ChatPeer.open(
                server.connect(), handshake: RawConnection.handshake(token: "alice"),
                following: frames.flatMap { ChatPeer.frame(.text, Array($0.utf8)) })
            let events = try await peer.next(5)
            #expect(Set(events.compactMap(\.ref)) == ["1", "j", "s"])
            #expect(Set(events.compactMap { $0.message?.room }) == ["general", "swift"])
        }
    }

    /// A join that is begun late, and ends at once because the room is known, once began itself again without end.
    @Test func regressionADeferredJoinOfARoomThatIsKnownIsBegunOnce() async throws {
        let store = ScriptedStore()
        try await withEventLoops(1) { group in
            try await withServer(store: store, group: group) { server in
                let alice = try await server.settledPeer("alice")
                _ = try await alice.join("known")
                let bob = try await server.settledPeer("bob")
                store.positions.shut()
                try await bob.send(
                    #"{"action":"joinRoom","ref":"1","room":"new"}"#, #"{"action":"joinRoom","ref":"2","room":"known"}"#,
                    #"{"action":"joinRoom","ref":"3","room":"general"}"#, #"{"action":"ping","ref":"4"}"#)
                try await until { store.positionCalls("new") == 1 }
                store.positions.open()
                #expect(try await bob.next(4).map(\.ref) == ["1", "2", "3", "4"])
                try await alice.say("hello", room: "known")
                #expect(try await bob.nextMessage().message == "hello")
            }
        }
    }

    /// The first of two who wait for a room leaves it as soon as it is told: the other must be in it all the same.
    @Test func regressionWhoJoinsAndLeavesDoesNotTakeTheRoomAway() async throws {
        let store = ScriptedStore()
        try await withEventLoops(1) { group in
            try await withServer(store: store, group: group) { server in
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                store.positions.shut()
                try await alice.send(
                    #"{"action":"joinRoom","ref":"1","room":"swift"}"#, #"{"action":"leaveRoom","ref":"2","room":"swift"}"#)
                try await until { store.positionCalls("swift") == 1 }
                // In one packet: when the first is answered, the second has begun.
                try await bob.send(#"{"action":"ping","ref":"0"}"#, #"{"action":"joinRoom","ref":"1","room":"swift"}"#)
                #expect(try await bob.next().ref == "0")
                store.positions.open()
                #expect(try await alice.next(2).map(\.ref) == ["1", "2"])
                #expect(try await bob.next().ref == "1")
                try await bob.say("hello", room: "swift")
                #expect(try await bob.nextMessage().message == "hello")
            }
        }
    }

    @Test(arguments: [1, 2, 64])
    func aThousandRequestsAreAllAnswered(_ maximumPendingRequests: Int) async throws {
        try await withServer(configure: { $0.maximumPendingRequests = maximumPendingRequests }) { server in
            let peer = try await server.settledPeer("alice")
            async let sent: Void = {
                for request in 0..<1000 {
                    switch request % 5 {
                    case 0, 1: try await peer.send(.sendMessage(OutgoingMessage(message: "x")), ref: "\(request)")
                    case 2: try await peer.send(.history(HistoryQuery(limit: 1)), ref: "\(request)")
                    case 3: try await peer.send(.joinRoom(room: "room-\(request % 20)"), ref: "\(request)")
                    default: try await peer.send(.ping, ref: "\(request)")
                    }
                }
            }()
            var answers: Set<String> = []
            var messages: [Int64] = []
            while answers.count < 1000 || messages.count < 400 {
                let event = try await peer.next()
                #expect(event.error == nil)
                if let ref = event.ref { #expect(answers.insert(ref).inserted, "answered twice") }
                if let message = event.message { messages.append(message.sequence) }
            }
            try await sent
            #expect(messages == (1...400).map { $0 })
        }
    }

    /// What was read in one go and may not be begun yet waits for its turn, in its order.
    @Test func whatWaitsKeepsItsOrder() async throws {
        let store = ScriptedStore()
        try await withServer(store: store, configure: { $0.maximumPendingRequests = 2 }) { server in
            let peer = try await server.settledPeer("alice")
            store.appends.shut()
            let frames = (1...20).map { #"{"action":"sendMessage","ref":"\#($0)","message":"\#($0)"}"# }
            try await peer.raw.write(frames.flatMap { ChatPeer.frame(.text, Array($0.utf8)) })
            try await store.appends.nextArrival()
            store.appends.open()
            let events = try await peer.next(40)
            #expect(events.compactMap { $0.message?.message } == (1...20).map { "\($0)" })
            #expect(events.compactMap(\.ref) == (1...20).map { "\($0)" })
        }
    }
}
