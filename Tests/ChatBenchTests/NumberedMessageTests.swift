import Testing

@testable import chat_bench

/// The generator's messages, and its reading of what a server makes of them.
struct NumberedMessageTests {
    /// As a server sends it: the payload as it was, in a frame without a mask.
    private static func echo(_ frame: [UInt8]) -> [UInt8] {
        let header = frame[1] & 0x7F == 126 ? 4 : 2
        let mask = frame[header..<header + 4]
        var echoed = Array(frame[..<header])
        echoed[1] &= 0x7F
        for (index, byte) in frame[(header + 4)...].enumerated() { echoed.append(byte ^ mask[mask.startIndex + index & 3]) }
        return echoed
    }

    private static func read(_ bytes: [UInt8], at start: Int = 0) -> (frame: ServerFrame, number: Int?)? {
        bytes.withUnsafeBytes { bytes in
            ServerFrame(in: bytes, at: start).map { ($0, NumberedMessage.number(in: bytes, $0.payload)) }
        }
    }

    @Test(arguments: [12, 113, 114, 128, 500]) func carriesItsNumber(_ size: Int) throws {
        var message = NumberedMessage(prefix: "{\"message\":\"", size: size, suffix: "\"}")
        for number in [0, 1, 9_876_543_210, 42] {
            message.set(number)
            let (frame, read) = try #require(Self.read(Self.echo(message.frame)))
            #expect(frame.opcode == 1)
            #expect(frame.payload.count == size + 14)
            #expect(read == number)
        }
    }

    @Test func whatIsNoMessageHasNoNumber() throws {
        for text in ["", "{\"type\":\"pong\"}", "@", "@123", "@12345678x0 xxx", "@1234567890"] {
            let (_, number) = try #require(Self.read(Self.echo(ClientFrame.encode(opcode: 1, payload: text.utf8))))
            #expect(number == nil, "\(text)")
        }
    }

    /// A read may end anywhere.
    @Test(arguments: [0, 125, 126, 65_535]) func aFrameIsReadWhenItIsThere(_ count: Int) throws {
        let bytes = Self.echo(ClientFrame.encode(opcode: 2, payload: Array(repeating: 7, count: count)))
        for end in Set([0, 1, 2, 3, 4, bytes.count - 1]) where end < bytes.count { #expect(Self.read(Array(bytes[..<end])) == nil) }
        let (frame, _) = try #require(Self.read([0, 0, 0] + bytes + [0x81], at: 3))
        #expect(frame.opcode == 2)
        #expect(frame.payload.count == count)
        #expect(frame.payload.upperBound == 3 + bytes.count)
    }

    @Test func aLengthOfEightBytes() throws {
        let bytes: [UInt8] = [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0] + Array(repeating: 0, count: 65_536)
        #expect(Self.read(bytes)?.frame.payload == 10..<65_546)
        #expect(Self.read(bytes.dropLast()) == nil)
    }
}
