import Testing

@testable import ChatProtocol

struct WebSocketFrameHeaderTests {
    private static let mask = WebSocketMask(UInt32(littleEndian: 0x3D21_FA37))
    private static let lengths = [0, 1, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 1 << 31, 1 << 32, .max]

    private static func parse(_ bytes: [UInt8]) -> WebSocketFrameHeader.Parsed {
        bytes.withUnsafeBytes { WebSocketFrameHeader.parse($0) }
    }

    @Test(arguments: lengths, [false, true]) func comesBackAsItWas(_ length: Int, _ isMasked: Bool) throws {
        for opcode in UInt8(0)...15 {
            for reserved in UInt8(0)...7 {
                for isFinal in [false, true] {
                    let header = WebSocketFrameHeader(
                        WebSocketOpcode(rawValue: opcode), length: length, isFinal: isFinal, reserved: reserved,
                        mask: isMasked ? Self.mask : nil)
                    let bytes = header.withBytes { Array($0) }
                    #expect(bytes.count == (length < 126 ? 2 : length < 65_536 ? 4 : 10) + (isMasked ? 4 : 0))
                    guard case .header(let parsed, let count) = Self.parse(bytes + [1, 2, 3]) else {
                        Issue.record("not read: \(bytes)")
                        return
                    }
                    #expect(parsed == header)
                    #expect(count == bytes.count)
                }
            }
        }
    }

    @Test(arguments: lengths, [false, true]) func everyPartOfItIsTooShort(_ length: Int, _ isMasked: Bool) {
        let bytes = WebSocketFrameHeader(.text, length: length, mask: isMasked ? Self.mask : nil).withBytes { Array($0) }
        for count in 0..<bytes.count {
            guard case .needsMoreData = Self.parse(Array(bytes.prefix(count))) else {
                Issue.record("\(count) of \(bytes.count) bytes were enough")
                continue
            }
        }
    }

    /// RFC 6455 section 5.7.
    @Test(
        arguments: [
            ([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .text, 5, true, false, 2),
            ([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .text, 5, true, true, 6),
            ([0x01, 0x03, 0x48, 0x65, 0x6C], .text, 3, false, false, 2),
            ([0x80, 0x02, 0x6C, 0x6F], .continuation, 2, true, false, 2),
            ([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .ping, 5, true, false, 2),
            ([0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .pong, 5, true, true, 6),
            ([0x82, 0x7E, 0x01, 0x00], .binary, 256, true, false, 4),
            ([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], .binary, 65_536, true, false, 10),
        ] as [([UInt8], WebSocketOpcode, Int, Bool, Bool, Int)])
    func theExamplesOfTheStandard(
        _ bytes: [UInt8], _ opcode: WebSocketOpcode, _ length: Int, _ isFinal: Bool, _ isMasked: Bool, _ count: Int
    ) {
        guard case .header(let header, count) = Self.parse(bytes) else {
            Issue.record("not read")
            return
        }
        #expect(header == WebSocketFrameHeader(opcode, length: length, isFinal: isFinal, mask: isMasked ? Self.mask : nil))
        #expect(header.withBytes { Array($0) } == Array(bytes.prefix(count)))
    }

    /// Longer forms than the length needs.
    @Test(arguments: [0, 125, 126, 65_535]) func takesALengthInALongForm(_ length: Int) {
        let long: [UInt8] = [0x82, 127, 0, 0, 0, 0, 0, 0, UInt8(length >> 8), UInt8(length & 0xFF)]
        guard case .header(let header, 10) = Self.parse(long) else {
            Issue.record("not read")
            return
        }
        #expect(header.length == length)
    }

    @Test func aLengthOfSixtyFourBits() {
        guard case .invalidLength = Self.parse([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]) else {
            Issue.record("was taken")
            return
        }
        guard case .header(let header, 10) = Self.parse([0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255]) else {
            Issue.record("not read")
            return
        }
        #expect(header.length == .max)
    }
}
