import ChatProtocol
import ChatTransport
import NIOCore

extension CodecOperation {
    /// Permessage-deflate of a chat's messages (RFC 7692): each by itself, as is the default, and with what earlier ones said.
    static let compression: [CodecOperation] = [
        Self.deflating(takesOverContext: false), Self.deflating(takesOverContext: true),
        Self.inflating(takesOverContext: false), Self.inflating(takesOverContext: true),
    ]

    private static func deflating(takesOverContext: Bool) -> CodecOperation {
        CodecOperation(name: Self.title("deflate", takesOverContext), about: Self.subject(takesOverContext)) {
            let deflater = Self.deflater(takesOverContext: takesOverContext)
            let messages = SampleMessages.payloads
            var next = 0
            return {
                keep(Self.deflate(messages[next], with: deflater))
                next = (next + 1) % messages.count
            }
        }
    }

    private static func inflating(takesOverContext: Bool) -> CodecOperation {
        CodecOperation(name: Self.title("inflate", takesOverContext), about: Self.subject(takesOverContext)) {
            let deflater = Self.deflater(takesOverContext: takesOverContext)
            let messages = SampleMessages.payloads
            // None refers to anything before the first, so one may go through them again and again.
            let deflated = messages.map { Self.deflate($0, with: deflater) }
            let inflater = MessageInflater(
                windowBits: WebSocketCompression().clientMaxWindowBits, takesOverContext: takesOverContext)
            for (message, deflated) in zip(messages, deflated) {
                guard try Self.inflate(deflated, with: inflater) == message else { throw WrongResult("another message") }
            }
            var next = 0
            return {
                keep(try Self.inflate(deflated[next], with: inflater))
                next = (next + 1) % deflated.count
            }
        }
    }

    private static func title(_ operation: String, _ takesOverContext: Bool) -> String {
        takesOverContext ? "\(operation)-takeover" : operation
    }

    private static func subject(_ takesOverContext: Bool) -> String {
        "message, 128 bytes of text, \(takesOverContext ? "with the context of those before it" : "by itself")"
    }

    private static func deflater(takesOverContext: Bool) -> MessageDeflater {
        let compression = WebSocketCompression()
        return MessageDeflater(
            windowBits: compression.serverMaxWindowBits, memoryLevel: compression.memoryLevel, level: compression.level,
            takesOverContext: takesOverContext)
    }

    /// Into a buffer as large as a connection's is at first.
    private static func deflate(_ message: ByteBuffer, with deflater: MessageDeflater) -> ByteBuffer {
        var deflated = ByteBufferAllocator().buffer(capacity: message.readableBytes / 2 + 16)
        message.withUnsafeReadableBytes { deflater.deflate($0) { deflated.writeBytes($0) } }
        return deflated
    }

    private static let limits = MessageInflater.Limits(
        maximumBytes: WebSocketConfiguration().maximumMessageBytes, maximumRatio: WebSocketCompression().maximumRatio)

    /// Into a buffer that grows from nothing, as a connection's does.
    private static func inflate(_ deflated: ByteBuffer, with inflater: MessageInflater) throws -> ByteBuffer {
        var message = ByteBuffer()
        try deflated.withUnsafeReadableBytes { chunk in
            try inflater.inflate(chunk, isLast: true, limit: Self.limits) { bytes in message.writeBytes(bytes) }
        }
        return message
    }
}
