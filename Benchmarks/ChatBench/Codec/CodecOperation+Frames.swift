import ChatTransport
import NIOCore

extension CodecOperation {
    static let frames = [128, 16_384].map { size in
        CodecOperation(name: "frame-encode-\(size)", about: "text frame of a server, \(size) bytes, once a broadcast") {
            let payload = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            let allocator = ByteBufferAllocator()
            return { keep(WebSocketFrameEncoding.serverTextFrame(payload: payload, allocator: allocator)) }
        }
    }
}
