import ChatProtocol
import Testing

@testable import ChatTransport

/// Who gets a message is who is a member when it is published, whenever it is sent.
@Suite(.timeLimit(.minutes(1)))
struct MembershipTimeTests {
    @Test func whoJoinsIsNotSentWhatWasBefore() async throws {
        try await FanOutServer.with { server in
            let old = try await server.join("old")
            let new = try await WirePeer.upgrade(to: server.port, path: "/new")
            try await server.run { state in
                state.publish("before")
                state.a.add(state["new"].handler)
                state.publish("after")
            }
            #expect(try await old.texts(2) == ["before", "after"])
            #expect(try await new.text() == "after")
            try await server.run { $0.publish("later") }
            #expect(try await old.text() == "later")
            #expect(try await new.text() == "later")
            #expect(try await server.isDirect("new"))
        }
    }

    /// Even if it joins when nothing else is published in the tick.
    @Test func whoJoinsLastIsSentNothing() async throws {
        try await FanOutServer.with { server in
            let old = try await server.join("old")
            let new = try await WirePeer.upgrade(to: server.port, path: "/new")
            try await server.run { state in
                state.publish("before")
                state.a.add(state["new"].handler)
            }
            #expect(try await old.text() == "before")
            try await server.run { $0.publish("after") }
            #expect(try await new.text() == "after")
        }
    }

    @Test func whoLeavesStillGetsWhatWasBefore() async throws {
        try await FanOutServer.with { server in
            let left = try await server.join("left")
            let stays = try await server.join("stays")
            try await server.run { state in
                state.publish("before")
                state.a.remove(state["left"].handler)
                state.publish("after")
                state["left"].post("end")
            }
            #expect(try await left.texts(2) == ["before", "end"])
            #expect(try await stays.texts(2) == ["before", "after"])
        }
    }

    @Test func whoLeavesAndJoinsMissesWhatWasBetween() async throws {
        try await FanOutServer.with { server in
            let peer = try await server.join("0")
            let other = try await server.join("1")
            try await server.run { state in
                let handler = state["0"].handler
                state.publish("1")
                state.a.remove(handler)
                state.publish("2")
                state.a.add(handler)
                state.publish("3")
                state.a.remove(handler)
                state.a.add(handler)
                state["0"].post("4")
                state.publish("5")
            }
            #expect(try await peer.texts(4) == ["1", "3", "4", "5"])
            #expect(try await other.texts(4) == ["1", "2", "3", "5"])
        }
    }

    @Test func whoClosesStillGetsWhatWasBefore() async throws {
        try await FanOutServer.with { server in
            let peer = try await server.join("0")
            let other = try await server.join("1")
            try await server.run { state in
                state.publish("before")
                state["0"].post("reply")
                state.publish("behind it")
                state["0"].handler.close(.goingAway, reason: "bye")
                state.publish("after")
                state["0"].post("too late")
            }
            #expect(try await peer.texts(3) == ["before", "reply", "behind it"])
            #expect(try await peer.frame() == .close(1001, "bye"))
            peer.send(.close(1001))
            #expect(try await peer.rest() == [])
            #expect(try await other.texts(3) == ["before", "behind it", "after"])
        }
    }

    /// The room is gone before what it was told is sent.
    @Test func aRoomThatIsForgottenSendsWhatItHas() async throws {
        try await FanOutServer.with { server in
            let peer = try await WirePeer.upgrade(to: server.port, path: "/0")
            try await server.run { state in
                let room = FanOutRoom(loop: state.loop)
                room.add(state["0"].handler)
                state.publish("last", to: room)
            }
            #expect(try await peer.text() == "last")
        }
    }
}
