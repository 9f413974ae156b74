import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A connection that is found to be too slow, or broken, while it is being sent something: nothing that goes on afterwards may forget
/// that.
struct OutboundLimitInTheMiddleTests {
    /// A connection that never writes past its channel, and is behind.
    private static func subject() throws -> HandlerFixture {
        let subject = try HandlerFixture { $0.maximumOutboundBytes = 1000 }
        subject.stall()
        return subject
    }

    private static func message(_ count: Int) -> EncodedMessage {
        EncodedMessage(.text, payload: repeatElement(UInt8(ascii: "x"), count: count))
    }

    /// A reply was sent behind the close frame, if what a room had pending was what was too much (RFC 6455 section 5.5.1).
    @Test func aReplyDoesNotFollowTheCloseFrame() throws {
        let subject = try Self.subject()
        let room = FanOutRoom(loop: subject.handler.loop)
        room.add(subject.handler)
        subject.send(String(repeating: "x", count: 1000))
        room.publish(Self.message(2000), now: .now())
        subject.post("reply")
        subject.unstall()
        let sent = try subject.sent()
        #expect(sent.map(\.opcode) == [1, 1, 8])
        #expect(sent.last == .close(4008, "too slow to read"))
    }

    /// The same for a message that a task sends.
    @Test func aMessageOfATaskDoesNotFollowTheCloseFrame() throws {
        let subject = try Self.subject()
        let room = FanOutRoom(loop: subject.handler.loop)
        room.add(subject.handler)
        subject.send(String(repeating: "x", count: 1000))
        room.publish(Self.message(2000), now: .now())
        #expect(subject.refuses("message"))
        subject.unstall()
        #expect(try subject.sent().map(\.opcode) == [1, 1, 8])
    }

    @Test func aMessageOfAnotherRoomDoesNotFollowTheCloseFrame() throws {
        let subject = try Self.subject()
        let rooms = (0..<3).map { _ in FanOutRoom(loop: subject.handler.loop) }
        for room in rooms {
            room.add(subject.handler)
            room.publish(Self.message(2000), now: .now())
        }
        subject.endTick()
        for room in rooms { room.publish(Self.message(2), now: .now()) }
        subject.endTick()
        subject.unstall()
        let sent = try subject.sent()
        #expect(sent.last?.closeCode == 4008)
        #expect(sent.filter { $0.opcode == 8 }.count == 1)
    }

    /// The channel ends when it is flushed, as a socket does that its peer has reset.
    private final class BrokenPipe: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        private var isBroken = false

        func flush(context: ChannelHandlerContext) {
            if self.isBroken { return context.flush() }
            self.isBroken = true
            context.channel.close(promise: nil)
        }
    }

    private static func broken(rooms: Int) throws -> (HandlerFixture, [FanOutRoom]) {
        let subject = try HandlerFixture { $0.maximumOutboundBytes = 1000 }
        subject.channel.isWritable = false
        try subject.channel.pipeline.syncOperations.addHandler(BrokenPipe(), position: .first)
        let rooms = (0..<rooms).map { _ in FanOutRoom(loop: subject.handler.loop) }
        for room in rooms { room.add(subject.handler) }
        return (subject, rooms)
    }

    /// It ended the process: the connection left its rooms while they were gone through.
    @Test(arguments: 1...3) func aChannelThatEndsWhileItsRoomsAreGoneThrough(_ count: Int) throws {
        let (subject, rooms) = try Self.broken(rooms: count)
        for room in rooms { room.publish(Self.message(2000), now: .now()) }
        subject.post("reply")
        subject.endTick()
        #expect(try subject.end().code == .abnormalClosure)
        #expect(rooms.allSatisfy { $0.count == 0 })
    }

    @Test(arguments: 1...3) func aChannelThatEndsAtTheEndOfTheTick(_ count: Int) throws {
        let (subject, rooms) = try Self.broken(rooms: count)
        for room in rooms { room.publish(Self.message(2000), now: .now()) }
        subject.endTick()
        #expect(try subject.end().code == .abnormalClosure)
        #expect(rooms.allSatisfy { $0.count == 0 })
    }

    @Test(arguments: 1...3) func aChannelThatEndsWhenItLeaves(_ count: Int) throws {
        let (subject, rooms) = try Self.broken(rooms: count)
        for room in rooms { room.publish(Self.message(2000), now: .now()) }
        rooms[0].remove(subject.handler)
        subject.endTick()
        #expect(try subject.end().code == .abnormalClosure)
        #expect(rooms.allSatisfy { $0.count == 0 })
    }
}
