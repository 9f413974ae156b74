import ChatProtocol
import ChatServer
import ChatStore
import Testing

/// Who is shown what: those in the room, from when they joined until they left.
@Suite(.timeLimit(.minutes(2)))
struct MembershipTests {
    @Test func leavingStopsTheMessages() async throws {
        try await withServer { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            try await alice.say("one")
            #expect(try await bob.nextMessage().message == "one")
            #expect(try await bob.ask(.leaveRoom(room: "general")).ref == "ask")
            try await alice.say("two")
            #expect(try await bob.ask(.sendMessage(OutgoingMessage(message: "x"))).error?.code == .notInRoom)
            #expect(try await bob.ask(.history(HistoryQuery())).error?.code == .notInRoom)
            #expect(try await bob.join("general").sequence == 2)
            try await alice.say("three")
            #expect(try await bob.nextMessage().message == "three", "the second never came")
        }
    }

    @Test func roomsAreApart() async throws {
        try await withServer { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            _ = try await alice.join("swift")
            #expect(try await alice.say("in swift", room: "swift").sequence == 1)
            #expect(try await alice.say("in general").sequence == 1, "each room has its own numbers")
            #expect(try await bob.nextMessage().message == "in general")
            #expect(try await bob.join("swift").sequence == 1)
        }
    }

    @Test func joiningTwiceShowsNothingTwice() async throws {
        try await withServer { server in
            let peer = try await server.settledPeer("alice")
            _ = try await peer.join("general")
            try await peer.say("one")
            #expect(try await peer.nextMessage().sequence == 1)
            try await peer.say("two")
            #expect(try await peer.nextMessage().sequence == 2)
        }
    }

    @Test func aConnectionMayBeInSoManyRooms() async throws {
        try await withServer(configure: { $0.limits.maximumRoomsPerConnection = 3 }) { server in
            let peer = try await server.settledPeer("alice")
            _ = try await peer.join("b")
            _ = try await peer.join("c")
            #expect(try await peer.ask(.joinRoom(room: "d")).error?.code == .tooManyRooms)
            _ = try await peer.join("b")
            try await peer.ask(.leaveRoom(room: "b"))
            _ = try await peer.join("d")
        }
    }

    /// A member has a place in its loop's list; leaving gives it to another, who must still be found there.
    @Test(arguments: [1, 4])
    func whoStaysIsToldWhoeverLeaves(_ loops: Int) async throws {
        try await withEventLoops(loops) { group in
            try await withServer(group: group) { server in
                var peers: [ChatPeer] = []
                for index in 0..<12 { peers.append(try await server.settledPeer("user-\(index)")) }
                var order = Array(peers.indices)
                var generator = SystemRandomNumberGenerator()
                order.shuffle(using: &generator)
                for (count, index) in order.dropLast().enumerated() {
                    if count.isMultiple(of: 2) {
                        try await peers[index].ask(.leaveRoom(room: "general"))
                    } else {
                        peers[index].raw.close()
                        try await until { server.gateway.connectionCount == peers.count - count / 2 - 1 }
                    }
                    let sequence = Int64(count + 1)
                    try await peers[order[order.count - 1]].say("\(sequence)")
                    for other in order.dropFirst(count + 1) {
                        #expect(try await peers[other].nextMessage().sequence == sequence, "order \(order)")
                    }
                }
            }
        }
    }

    @Test func aRoomIsForgottenWhenNobodyIsInIt() async throws {
        let store = ScriptedStore()
        try await withEventLoops(1) { group in
            try await withServer(store: store, group: group) { server in
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                _ = try await alice.join("swift")
                _ = try await bob.join("swift")
                #expect(store.positionCalls("swift") == 1, "the loop knew it the second time")
                try await alice.ask(.leaveRoom(room: "swift"))
                bob.raw.close()
                try await until { server.gateway.connectionCount == 1 }
                _ = try await alice.join("swift")
                #expect(store.positionCalls("swift") == 2)
            }
        }
    }

    @Test func nothingIsLeftOfThoseWhoHaveGone() async throws {
        let store = ScriptedStore()
        try await withEventLoops(2) { group in
            try await withServer(store: store, group: group) { server in
                for round in 1...3 {
                    var peers: [ChatPeer] = []
                    for index in 0..<10 { peers.append(try await server.settledPeer("user-\(index)")) }
                    #expect(server.gateway.connectionCount == 10)
                    for peer in peers { peer.raw.close() }
                    try await until { server.gateway.connectionCount == 0 }
                    #expect(store.positionCalls("general") == 2 * round, "once a loop, and again after everybody had gone")
                }
            }
        }
    }
}
