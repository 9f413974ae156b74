import ChatProtocol
import ChatTransport
import NIOCore

/// How a server's connection reads a text message that has come whole, in one frame, as nearly every one does: the calls that
/// `WebSocketHandler.StateMachine` makes, which ChatTransport keeps to itself, without its deadlines and its state.
struct FrameReading {
    private var reader: WebSocketFrameReader

    init() {
        let limits = WebSocketConfiguration()
        self.reader = WebSocketFrameReader(
            role: .server, maximumFrameBytes: limits.maximumFrameBytes, maximumMessageBytes: limits.maximumMessageBytes,
            allowsCompression: false)
    }

    mutating func message(in frame: ByteBuffer) throws -> ByteBuffer {
        var input = frame
        guard case .header(_, let byteCount) = input.withUnsafeReadableBytes({ self.reader.header($0) }) else {
            throw WrongResult("no frame")
        }
        input.moveReaderIndex(forwardBy: byteCount)
        let count = self.reader.payload(available: input.readableBytes)
        var message = ByteBufferAllocator().buffer(capacity: count)
        input.withUnsafeReadableBytes { source in
            _ = message.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
                self.reader.unmask(UnsafeRawBufferPointer(rebasing: source[..<count]), into: target)
                return count
            }
        }
        input.moveReaderIndex(forwardBy: count)
        guard self.reader.isAtHeader, input.readableBytes == 0 else { throw WrongResult("not one frame") }
        guard message.withUnsafeReadableBytes(UTF8Validator.isValid) else { throw WrongResult("not UTF-8") }
        return message
    }
}
