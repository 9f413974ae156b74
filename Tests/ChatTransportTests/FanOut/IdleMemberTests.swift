import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// What a room sends counts against idleness, though nobody tells the connection.
struct IdleMemberTests {
    private static func subject() throws -> (HandlerFixture, FanOutRoom) {
        let subject = try HandlerFixture {
            $0.idleTimeout = .seconds(60)
            $0.pingInterval = nil
        }
        let room = FanOutRoom(loop: subject.handler.loop)
        room.add(subject.handler)
        return (subject, room)
    }

    private static func publish(_ room: FanOutRoom, _ subject: HandlerFixture) {
        room.publish(EncodedMessage(.text, payload: Array("hello".utf8)), now: subject.channel.eventLoop.now)
        subject.endTick()
    }

    @Test func aMemberThatIsSentSomethingIsNotIdle() throws {
        let (subject, room) = try Self.subject()
        for _ in 0..<5 {
            subject.advance(.seconds(50))
            Self.publish(room, subject)
        }
        subject.advance(.seconds(59))
        #expect(try subject.sent().map(\.opcode) == [1, 1, 1, 1, 1])
        subject.advance(.seconds(1))
        #expect(try subject.sent() == [.close(1001, "Going away")])
    }

    /// It was closed as idle, a minute after it had last been asked.
    @Test func whoHasLeftSinceIsNotIdleEither() throws {
        let (subject, room) = try Self.subject()
        subject.advance(.seconds(50))
        Self.publish(room, subject)
        room.remove(subject.handler)
        subject.advance(.seconds(59))
        #expect(try subject.sent().map(\.opcode) == [1])
        subject.advance(.seconds(1))
        #expect(try subject.sent() == [.close(1001, "Going away")])
    }
}
