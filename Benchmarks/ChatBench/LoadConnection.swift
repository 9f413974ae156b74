import ChatProtocol
import NIOCore

/// One client of the load generator: shakes hands and counts frames, with as little work as that can be done with.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let path: String
    private let token: String
    private let run: LoadRun
    private var buffer = ByteBuffer()
    private var isOpen = false
    private var context: ChannelHandlerContext?

    init(path: String, token: String, run: LoadRun) {
        self.path = path
        self.token = token
        self.run = run
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let request = """
            GET \(self.path) HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer \(self.token)\r\n\r\n
            """
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.run.ended()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = self.unwrapInboundIn(data)
        if self.buffer.readableBytes == 0 { self.buffer = data } else { self.buffer.writeBuffer(&data) }
        if !self.isOpen {
            guard let end = self.buffer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            guard self.buffer.readableBytesView.starts(with: "HTTP/1.1 101".utf8) else {
                context.close(promise: nil)
                return
            }
            self.buffer.moveReaderIndex(to: end.upperBound)
            self.isOpen = true
            self.run.opened()
        }
        self.countFrames()
    }

    /// Counts text frames that are `{"type":"message",…`; the receipts of the sender are `{"type":"messageAccepted",…`.
    private func countFrames() {
        var messages = 0
        while let second = self.buffer.getInteger(at: self.buffer.readerIndex + 1, as: UInt8.self) {
            var header = 2
            var length = Int(second)
            if second == 126 {
                guard let long = self.buffer.getInteger(at: self.buffer.readerIndex + 2, as: UInt16.self) else { break }
                (header, length) = (4, Int(long))
            }
            guard self.buffer.readableBytes >= header + length else { break }
            if self.buffer.getInteger(at: self.buffer.readerIndex + header + 16, as: UInt8.self) == UInt8(ascii: "\"") { messages += 1 }
            self.buffer.moveReaderIndex(forwardBy: header + length)
        }
        if messages > 0 { self.run.delivered(messages) }
    }

    func send(_ message: String) {
        guard let context else { return }
        let payload = ChatRequest(.sendMessage(OutgoingMessage(message: message))).encoded()
        var frame = ByteBuffer()
        frame.writeInteger(UInt8(0x81))
        if payload.count < 126 {
            frame.writeInteger(UInt8(0x80 | payload.count))
        } else {
            frame.writeInteger(UInt8(0x80 | 126))
            frame.writeInteger(UInt16(payload.count))
        }
        frame.writeInteger(UInt32(0))  // A mask of zeros leaves the payload as it is.
        frame.writeBytes(payload)
        context.writeAndFlush(self.wrapOutboundOut(frame), promise: nil)
    }
}
