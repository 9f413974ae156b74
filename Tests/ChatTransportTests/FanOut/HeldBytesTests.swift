import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// What waits for a slow member takes hardly more memory than the bytes that count for its limit.
struct HeldBytesTests {
    private static func message(_ count: Int) -> EncodedMessage {
        EncodedMessage(.text, payload: repeatElement(UInt8(ascii: "x"), count: count))
    }

    /// What the channel holds: bytes that count, and storage.
    private static func held(_ subject: HandlerFixture) throws -> (bytes: Int, storage: Int) {
        var (bytes, storage) = (0, 0)
        while let buffer = try subject.channel.readOutbound(as: ByteBuffer.self) {
            bytes += buffer.readableBytes
            storage += buffer.storageCapacity
        }
        return (bytes, storage)
    }

    /// A member that is answered between the messages of a room held a copy of the room's whole buffer for each answer.
    @Test(arguments: [1, 3]) func answersBetweenMessages(_ rooms: Int) throws {
        let subject = try HandlerFixture()
        let rooms = (0..<rooms).map { _ in FanOutRoom(loop: subject.handler.loop) }
        for room in rooms {
            room.add(subject.handler)
            // A large buffer, once.
            for _ in 0..<15 { room.publish(Self.message(16_384), now: .now()) }
        }
        subject.endTick()
        _ = try Self.held(subject)
        subject.stall()
        for _ in 0..<5 {
            for _ in 0..<100 {
                for room in rooms { room.publish(Self.message(100), now: .now()) }
                subject.post("a")
            }
            subject.endTick()
        }
        subject.unstall()
        let (bytes, storage) = try Self.held(subject)
        #expect(bytes == 500 * (102 * rooms.count + 3))
        #expect(storage <= 2 * bytes + 4096, "\(storage) bytes hold \(bytes)")
    }

    @Test func aMessageATurn() throws {
        let subject = try HandlerFixture()
        let room = FanOutRoom(loop: subject.handler.loop)
        room.add(subject.handler)
        for _ in 0..<15 { room.publish(Self.message(16_384), now: .now()) }
        subject.endTick()
        _ = try Self.held(subject)
        subject.stall()
        for _ in 0..<500 {
            room.publish(Self.message(100), now: .now())
            subject.endTick()
        }
        subject.unstall()
        let (bytes, storage) = try Self.held(subject)
        #expect(bytes == 500 * 102)
        #expect(storage <= 2 * bytes + 4096, "\(storage) bytes hold \(bytes)")
    }
}
