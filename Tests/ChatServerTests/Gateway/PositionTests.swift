import ChatProtocol
import ChatServer
import ChatStore
import Testing

/// A room's position comes from the store, which may fail or take its time.
@Suite(.timeLimit(.minutes(2)))
struct PositionTests {
    let store = ScriptedStore()

    @Test func aJoinFailsWithIt() async throws {
        try await withServer(store: self.store) { server in
            let peer = try await server.settledPeer("alice")
            self.store.fail(.position)
            #expect(try await peer.ask(.joinRoom(room: "swift")).error?.code == .internalError)
            #expect(try await peer.ask(.sendMessage(OutgoingMessage(room: "swift", message: "a"))).error?.code == .notInRoom)
            self.store.fail(.position, StoreError(.overloaded, ""))
            #expect(try await peer.ask(.joinRoom(room: "swift")).error?.code == .unavailable)
            self.store.recover()
            #expect(try await peer.join("swift").sequence == 0, "it is asked for again")
        }
    }

    @Test(arguments: HostKind.allCases)
    func aConnectionWithoutTheDefaultRoomIsClosed(_ kind: HostKind) async throws {
        try await withServer(kind, store: self.store) { server in
            self.store.fail(.position)
            for _ in 0..<3 { #expect(try await server.peer("alice").closeCode() == 1011) }
            self.store.recover()
            let peer = try await server.settledPeer("alice")
            try await peer.say("hello")
            #expect(try await peer.nextMessage().sequence == 1)
        }
    }

    /// Who asked again as soon as it was told of the failure once waited for ever, and so did everybody after it.
    @Test func regressionAJoinThatFollowsAFailedOneIsAnswered() async throws {
        try await withEventLoops(1) { group in
            try await withServer(store: self.store, group: group) { server in
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                self.store.fail(.position)
                try await alice.send(
                    #"{"action":"joinRoom","ref":"1","room":"swift"}"#, #"{"action":"joinRoom","ref":"2","room":"swift"}"#)
                #expect(try await alice.next(2).map { $0.error?.code } == [.internalError, .internalError])
                self.store.recover()
                #expect(try await bob.join("swift").sequence == 0)
                #expect(try await alice.join("swift").sequence == 0)
            }
        }
    }

    @Test func messagesThatComeWhileItIsReadAreNotMissed() async throws {
        try await withEventLoops(2) { group in
            try await withServer(store: self.store, group: group) { server in
                // On different loops, and so the second has to ask the store.
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                _ = try await alice.join("swift")
                self.store.positions.shut()
                try await bob.send(.joinRoom(room: "swift"), ref: "j")
                try await until { self.store.positionCalls("swift") == 2 }
                for _ in 1...3 { try await alice.say("x", room: "swift") }
                self.store.positions.open()
                let event = try await bob.next()
                guard case .joined(let position) = event.kind else { throw ChatPeer.Unexpected(event: event) }
                try await alice.say("y", room: "swift")
                #expect(try await bob.nextMessage().sequence == position.sequence + 1)
                let missed = try await bob.ask(.history(HistoryQuery(room: "swift"))).page
                #expect(missed?.messages.map(\.sequence) == [1, 2, 3, 4])
            }
        }
    }

    /// Bob goes while his loop reads the position; Carol, who comes after more messages, was once told what he would have been.
    @Test func regressionAPositionIsForThoseWhoAskedForIt() async throws {
        try await withEventLoops(2) { group in
            try await withServer(store: self.store, group: group) { server in
                let alice = try await server.settledPeer("alice")
                let bob = try await server.settledPeer("bob")
                _ = try await server.settledPeer("on Alice's loop")
                let carol = try await server.settledPeer("carol")
                _ = try await alice.join("swift")
                self.store.positions.shut()
                try await bob.send(.joinRoom(room: "swift"))
                try await until { self.store.positionCalls("swift") == 2 }
                bob.raw.close()
                try await until { server.gateway.connectionCount == 3 }
                try await alice.say("before Carol", room: "swift")
                try await carol.send(.joinRoom(room: "swift"), ref: "j")
                try await until { self.store.positionCalls("swift") == 3 }
                self.store.positions.open()
                let event = try await carol.next()
                guard case .joined(let position) = event.kind else { throw ChatPeer.Unexpected(event: event) }
                #expect(position.sequence == 1)
                try await alice.say("after", room: "swift")
                #expect(try await carol.nextMessage().sequence == 2)
            }
        }
    }

    /// Nothing is begun before the connection is in the default room, and nothing is lost by that.
    @Test func whatIsSentBeforeTheConnectionIsInARoomWaits() async throws {
        try await withServer(store: self.store) { server in
            self.store.positions.shut()
            let peer = try await server.peer("alice")
            try await self.store.positions.nextArrival()
            for ref in 1...200 { try await peer.send(.sendMessage(OutgoingMessage(message: "\(ref)")), ref: "\(ref)") }
            self.store.positions.open()
            let events = try await peer.next(400)
            #expect(events.compactMap(\.ref) == (1...200).map { "\($0)" })
            #expect(events.compactMap { $0.message?.sequence } == (1...200).map { $0 })
        }
    }
}
