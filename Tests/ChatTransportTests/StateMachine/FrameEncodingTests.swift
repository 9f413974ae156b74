import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

struct FrameEncodingTests {
    private static let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 131_072]
    private static let allocator = ByteBufferAllocator()

    private static func payload(_ length: Int) -> [UInt8] { (0..<length).map { UInt8($0 % 251) } }

    /// RFC 6455 section 5.2: 7, 16 or 64 bits of length, the shortest that will do.
    private static func header(_ length: Int) -> Int { length < 126 ? 2 : length < 65_536 ? 4 : 10 }

    @Test(arguments: Self.lengths) func aServersFrame(_ length: Int) {
        let payload = Self.payload(length)
        let frame = WebSocketFrameEncoding.serverFrame(.binary, payload: payload, allocator: Self.allocator)
        #expect(frame.readableBytes == Self.header(length) + length)
        #expect(WireFrame.all(in: frame.readableBytesView) == [WireFrame(2, payload)])
        #expect(Array(frame.readableBytesView) == WireFrame(2, payload).bytes)
    }

    @Test(arguments: Self.lengths) func aClientsFrame(_ length: Int) throws {
        let payload = ByteBuffer(bytes: Self.payload(length))
        let frame = WebSocketFrameEncoding.clientFrame(.text, payload: payload, allocator: Self.allocator)
        #expect(frame.readableBytes == Self.header(length) + 4 + length)
        let read = try #require(WireFrame.all(in: frame.readableBytesView)?.first)
        #expect(read.mask != nil)
        #expect(read.unmasked == WireFrame(1, Self.payload(length)))
        // The buffer may be in use elsewhere.
        #expect(Array(payload.readableBytesView) == Self.payload(length))
    }

    /// RFC 6455 section 5.3: a fresh key for every frame.
    @Test func masksDiffer() {
        let masks = (0..<100).map { _ in
            let frame = WebSocketFrameEncoding.clientFrame(.text, payload: ByteBuffer(string: "a"), allocator: Self.allocator)
            return Array(frame.readableBytesView.dropFirst(2).prefix(4))
        }
        #expect(Set(masks).count > 90)
    }

    @Test(arguments: [WebSocketOpcode.text, .binary, .connectionClose, .ping, .pong]) func everyOpcode(_ opcode: WebSocketOpcode) throws {
        let payload = ByteBuffer(string: "ab")
        let byte = 0x80 | opcode.rawValue
        let server = WebSocketFrameEncoding.serverFrame(opcode, payload: payload.readableBytesView, allocator: Self.allocator)
        let client = WebSocketFrameEncoding.clientFrame(opcode, payload: payload, allocator: Self.allocator)
        #expect(server.getInteger(at: 0, as: UInt8.self) == byte)
        #expect(client.getInteger(at: 0, as: UInt8.self) == byte)
    }

    /// RFC 6455 section 5.7.
    @Test func theExampleOfTheRFC() {
        let frame = WebSocketFrameEncoding.serverTextFrame(payload: Array("Hello".utf8), allocator: Self.allocator)
        #expect(Array(frame.readableBytesView) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    }
}
