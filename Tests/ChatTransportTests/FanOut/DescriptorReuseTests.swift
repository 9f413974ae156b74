import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The number of a socket that was closed belongs to the next one that is opened: whoever writes to it past the channel must have
/// forgotten it by then.
@Suite(.timeLimit(.minutes(1)))
struct DescriptorReuseTests {
    enum Ending: CaseIterable {
        case channelClose, cut, handshake, vanish, reset, acceptorCut
    }

    /// What has the number now: one end of a pair of sockets.
    private final class Successor {
        let other: CInt
        let same: CInt

        /// Nil if somebody else in this process was faster.
        init?(_ descriptor: CInt) {
            var pair: [CInt] = [-1, -1]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else { return nil }
            // The lowest number that is free comes first.
            if pair[0] == descriptor { pair.swapAt(0, 1) }
            self.other = pair[0]
            self.same = pair[1] == descriptor ? pair[1] : fcntl(pair[1], F_DUPFD, descriptor)
            if pair[1] != self.same { close(pair[1]) }
            guard self.same == descriptor else { return nil }
        }

        /// What somebody has written to the number.
        var received: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(self.other, &bytes, bytes.count, CInt(MSG_DONTWAIT))
            return Array(bytes.prefix(max(0, count)))
        }

        deinit {
            close(self.other)
            close(self.same)
        }
    }

    private final class Taken {
        var successor: Successor?
    }

    /// As soon as the connection is known to have ended, the number is another's, while everything of the tick is still to be sent.
    ///
    /// - Parameter asks: whether the connection is in a second room and is sent something by itself, which has its rooms ask it.
    @Test(arguments: Ending.allCases, [false, true]) func nothingIsWrittenToTheSuccessor(_ ending: Ending, _ asks: Bool) async throws {
        for attempt in 0..<50 {
            let isTaken = try await self.attempt(ending, asks)
            if isTaken { return }
            // Another test of this process has opened something meanwhile.
            if attempt == 49 { Issue.record("the number was never free") }
        }
    }

    private func attempt(_ ending: Ending, _ asks: Bool) async throws -> Bool {
        var isTaken = false
        try await FanOutServer.with { server in
            let peer = try await server.join("0", isInB: asks)
            let other = try await server.join("1", isInB: asks)
            try await server.run { $0.publish("first") }
            #expect(try await peer.text() == "first")
            #expect(try await server.isDirect("0"))
            let taken = try await server.run { state in
                let taken = Taken()
                let descriptor = state["0"].handler.output.descriptor
                #expect(descriptor >= 0)
                state["0"].onClose = { [unowned state] in
                    taken.successor = Successor(descriptor)
                    Self.send(state, "within", asks)
                    // As if it were much.
                    state.loop.flush()
                }
                return NIOLoopBound(taken, eventLoop: state.loop.eventLoop)
            }
            switch ending {
            case .vanish: peer.vanish()
            case .reset: try await peer.reset()
            case .handshake: peer.send(.close(1000))
            case .channelClose, .cut, .acceptorCut: break
            }
            let acceptor = server.acceptor
            try await server.run { state in
                // Waits for the end of the tick when the connection goes.
                Self.send(state, "before", asks)
                switch ending {
                case .channelClose: state["0"].channel.close(promise: nil)
                case .cut: state["0"].handler.cut()
                case .acceptorCut: acceptor.cut()
                case .vanish, .reset, .handshake: break
                }
                Self.send(state, "after", asks)
            }
            try await server.closed("0")
            if ending != .acceptorCut { #expect(try await other.text() == "first") }
            isTaken = try await server.run { state in
                Self.send(state, "later", asks)
                state.loop.flush()
                guard let successor = taken.value.successor else { return false }
                #expect(successor.received == [])
                taken.value.successor = nil
                return true
            }
        }
        return isTaken
    }

    private static func send(_ state: FanOutServer.State, _ text: String, _ asks: Bool) {
        state.publish(text)
        guard asks else { return }
        state.publish(text, to: state.b)
        state["0"].post(text)
        if state["0"].isClosed { state["0"].handler.transmit(ByteBuffer(string: text)) }
    }

    /// The successor is a connection of the same server.
    @Test func aNewConnectionSeesItsOwnBytesOnly() async throws {
        try await FanOutServer.with { server in
            var reused = 0
            let before = try await server.run { NIOLoopBoundBox(CInt(-1), eventLoop: $0.loop.eventLoop) }
            for round in 0..<300 where reused < 3 {
                let old = try await server.join("old")
                try await server.run { $0.publish("to the old") }
                #expect(try await old.text() == "to the old")
                // The new one waits to be accepted, so that the number is the server's to give.
                var new: WirePeer?
                try await server.whileItIsHeldUp {
                    new = try await WirePeer.connect(to: server.port)
                } then: { state in
                    before.value = state["old"].handler.output.descriptor
                    state.publish("pending \(round)")
                    state["old"].post("pending \(round)")
                    state["old"].channel.close(promise: nil)
                }
                let peer = try #require(new)
                peer.ask { $0.line = "GET /new HTTP/1.1" }
                #expect(try await peer.status() == 101)
                let descriptors = try await server.run { state in
                    state.publish("to the old")
                    state["old"].post("to the old")
                    state.loop.flush()
                    state["new"].post("to the new")
                    state.loop.flush()
                    return (before.value, state["new"].handler.output.descriptor)
                }
                #expect(try await peer.text() == "to the new")
                if descriptors.0 == descriptors.1 { reused += 1 }
                try await server.run { $0["new"].channel.close(promise: nil) }
                #expect(try await peer.rest() == [])
            }
            #expect(reused > 0)
        }
    }
}
