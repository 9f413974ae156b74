import Testing

@testable import ChatProtocol

struct WebSocketFrameReaderTests {
    /// One frame, or what was wrong with it.
    private enum Read: Hashable {
        case frame(WebSocketOpcode, isFinal: Bool, isCompressed: Bool, [UInt8])
        case violation(WebSocketCloseCode)
    }

    private static func reader(
        _ role: WebSocketFrameReader.Role, frame: Int = 1 << 20, message: Int = 1 << 20, compression: Bool = false
    ) -> WebSocketFrameReader {
        WebSocketFrameReader(role: role, maximumFrameBytes: frame, maximumMessageBytes: message, allowsCompression: compression)
    }

    /// Reads bytes that come in pieces of such a length, as whoever drives the reader does.
    private static func read(
        _ bytes: [UInt8], by size: Int = .max, using reader: inout WebSocketFrameReader, isLenient: Bool = false
    ) -> [Read] {
        var reads: [Read] = []
        var waiting: [UInt8] = []
        var header = WebSocketFrameHeader(.text, length: 0)
        var payload: [UInt8] = []
        var rest = bytes[...]
        func finish() {
            guard reader.isAtHeader else { return }
            reads.append(
                .frame(header.opcode, isFinal: header.isFinal, isCompressed: header.reserved != 0, payload))
            payload = []
        }
        var isInPayload = false
        while !rest.isEmpty || !waiting.isEmpty && isInPayload {
            waiting += rest.prefix(size)
            rest = rest.dropFirst(size)
            pieces: while !waiting.isEmpty {
                if !isInPayload {
                    switch waiting.withUnsafeBytes({ reader.header($0, isLenient: isLenient) }) {
                    case .needsMoreData: break pieces
                    case .violation(let code, _, _):
                        reads.append(.violation(code))
                        return reads
                    case .header(let next, let count):
                        header = next
                        waiting.removeFirst(count)
                        isInPayload = true
                    }
                }
                let count = reader.payload(available: waiting.count)
                var target = [UInt8](repeating: 0, count: count)
                waiting.withUnsafeBytes { source in
                    target.withUnsafeMutableBytes { reader.unmask(UnsafeRawBufferPointer(rebasing: source[..<count]), into: $0) }
                }
                waiting.removeFirst(count)
                payload += target
                isInPayload = !reader.isAtHeader
                finish()
                if isInPayload { break }
            }
        }
        return reads
    }

    private static func frame(
        _ opcode: UInt8, _ payload: [UInt8], fin: Bool = true, reserved: UInt8 = 0, isMasked: Bool
    ) -> [UInt8] {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        let length = payload.count
        var bytes = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
        let bit: UInt8 = isMasked ? 0x80 : 0
        if length < 126 {
            bytes.append(bit | UInt8(length))
        } else if length < 65_536 {
            bytes += [bit | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        } else {
            bytes += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
        return isMasked ? bytes + key + payload.indices.map { payload[$0] ^ key[$0 % 4] } : bytes + payload
    }

    /// RFC 6455 section 5.7.
    @Test func theExamplesOfTheStandard() {
        let hello = Array("Hello".utf8)
        var client = Self.reader(.client)
        #expect(Self.read([0x81, 0x05] + hello, using: &client) == [.frame(.text, isFinal: true, isCompressed: false, hello)])
        #expect(
            Self.read([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F], using: &client) == [
                .frame(.text, isFinal: false, isCompressed: false, Array("Hel".utf8)),
                .frame(.continuation, isFinal: true, isCompressed: false, Array("lo".utf8)),
            ])
        #expect(Self.read([0x89, 0x05] + hello, using: &client) == [.frame(.ping, isFinal: true, isCompressed: false, hello)])
        var server = Self.reader(.server)
        let masked: [UInt8] = [0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(Self.read([0x81] + masked, using: &server) == [.frame(.text, isFinal: true, isCompressed: false, hello)])
        #expect(Self.read([0x8A] + masked, using: &server) == [.frame(.pong, isFinal: true, isCompressed: false, hello)])
    }

    @Test(arguments: [WebSocketFrameReader.Role.client, .server], [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
    func everyLength(_ role: WebSocketFrameReader.Role, _ length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let bytes = Self.frame(2, payload, isMasked: role == .server)
        let sizes = length < 1000 ? Array(1...(bytes.count)) : [1, 2, 13, 14, 15, 4096, bytes.count - 1, bytes.count]
        for size in sizes {
            var reader = Self.reader(role)
            let reads = Self.read(bytes + bytes, by: size, using: &reader)
            #expect(reads == Array(repeating: .frame(.binary, isFinal: true, isCompressed: false, payload), count: 2))
        }
    }

    @Test func fragmentsWithControlFramesBetweenCutAnywhere() {
        let frames: [(UInt8, [UInt8], Bool, UInt8)] = [
            (1, [1, 2, 3], false, 4), (9, [9], true, 0), (0, [], false, 0), (10, [], true, 0), (0, [4, 5], true, 0), (2, [], true, 0),
            (8, [3, 232], true, 0),
        ]
        let bytes = frames.flatMap { Self.frame($0.0, $0.1, fin: $0.2, reserved: $0.3, isMasked: true) }
        for size in 1...bytes.count {
            var reader = Self.reader(.server, compression: true)
            #expect(
                Self.read(bytes, by: size, using: &reader)
                    == frames.map { .frame(.init(rawValue: $0.0), isFinal: $0.2, isCompressed: $0.3 != 0, $0.1) })
        }
    }

    private static let broken: [(name: String, frames: [(UInt8, Int, Bool, UInt8)], code: WebSocketCloseCode)] = [
        ("unknown opcode", [(3, 0, true, 0)], .protocolError), ("unknown control", [(11, 0, true, 0)], .protocolError),
        ("long control", [(9, 126, true, 0)], .protocolError), ("cut control", [(9, 0, false, 0)], .protocolError),
        ("nothing to continue", [(0, 0, true, 0)], .protocolError),
        ("nothing more to continue", [(1, 1, false, 0), (0, 1, true, 0), (0, 1, true, 0)], .protocolError),
        ("begun inside", [(1, 1, false, 0), (2, 1, true, 0)], .protocolError),
        ("RSV1 of a continuation", [(1, 1, false, 4), (0, 1, true, 4)], .protocolError),
        ("RSV1 of a ping", [(9, 1, true, 4)], .protocolError), ("RSV2", [(1, 1, true, 2)], .protocolError),
        ("RSV3 too", [(1, 1, true, 5)], .protocolError), ("frame", [(1, 101, true, 0)], .messageTooBig),
        ("message", [(1, 100, false, 0), (0, 100, false, 0), (0, 51, true, 0)], .messageTooBig),
    ]

    @Test(arguments: broken.indices, [WebSocketFrameReader.Role.client, .server])
    func whatIsAgainstTheRules(_ index: Int, _ role: WebSocketFrameReader.Role) {
        let (name, frames, code) = Self.broken[index]
        let bytes = frames.flatMap {
            Self.frame($0.0, Array(repeating: 0, count: $0.1), fin: $0.2, reserved: $0.3, isMasked: role == .server)
        }
        for size in [1, 2, 3, .max] {
            var reader = Self.reader(role, frame: 100, message: 250, compression: true)
            let reads = Self.read(bytes, by: size, using: &reader)
            #expect(reads.count == frames.count, "\(name)")
            #expect(reads.last == .violation(code), "\(name)")
            // Who waits for a close frame only passes over it.
            var lenient = Self.reader(role, frame: 100, message: 250, compression: true)
            let all = Self.read(bytes + Self.frame(8, [3, 232], isMasked: role == .server), by: size, using: &lenient, isLenient: true)
            #expect(all.count == frames.count + 1, "\(name)")
            #expect(all.last == .frame(.connectionClose, isFinal: true, isCompressed: false, [3, 232]), "\(name)")
        }
    }

    @Test(arguments: [WebSocketFrameReader.Role.client, .server]) func theWrongMask(_ role: WebSocketFrameReader.Role) {
        let wrong = Self.frame(1, [1, 2, 3], isMasked: role == .client)
        var reader = Self.reader(role)
        #expect(Self.read(wrong, using: &reader) == [.violation(.protocolError)])
        // It is unmasked by what it says itself.
        var lenient = Self.reader(role)
        #expect(Self.read(wrong, using: &lenient, isLenient: true) == [.frame(.text, isFinal: true, isCompressed: false, [1, 2, 3])])
    }

    @Test func compressionThatWasNotNegotiated() {
        var reader = Self.reader(.client)
        #expect(Self.read(Self.frame(1, [1], reserved: 4, isMasked: false), using: &reader) == [.violation(.protocolError)])
    }

    /// The limits count anew for each message, and control frames do not.
    @Test func limitsOfEachMessage() {
        var reader = Self.reader(.client, frame: 10, message: 15)
        for _ in 0..<3 {
            let bytes =
                Self.frame(1, Array(repeating: 1, count: 10), fin: false, isMasked: false)
                + Self.frame(9, Array(repeating: 1, count: 125), isMasked: false)
                + Self.frame(0, Array(repeating: 1, count: 5), isMasked: false)
            #expect(Self.read(bytes, using: &reader).count == 3)
        }
    }

    @Test func aPayloadThatIsPassedOver() {
        var reader = Self.reader(.client)
        let bytes = Self.frame(1, [1, 2, 3], isMasked: false)
        _ = bytes.withUnsafeBytes { reader.header($0) }
        #expect(!reader.isAtHeader)
        #expect(reader.payload(available: 2) == 2)
        reader.skip(2)
        #expect(reader.payload(available: 100) == 1)
        reader.skip(1)
        #expect(reader.isAtHeader)
        #expect(reader.payload(available: 100) == 0)
    }
}
