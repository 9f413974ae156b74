/// Reads a stream of frames (RFC 6455 section 5): where each header ends, which payload follows, and whether the peer keeps the rules.
///
/// Without I/O and without storage: whoever has the bytes asks for one event after the other and moves on by what each says. A payload
/// is handed out as it comes, so that a long frame is not collected twice.
package struct WebSocketFrameReader: Sendable {
    package enum Role: Sendable {
        case client, server
    }

    package enum Event: Sendable, Hashable {
        /// These bytes are no whole header; ask again with more after them.
        case needsMoreData
        /// A frame begins; its header takes up so many bytes. What follows is its payload, for ``WebSocketFrameReader/payload(available:)``.
        case header(WebSocketFrameHeader, byteCount: Int)
        /// The peer broke a rule with this header. The frame can still be passed over, unless the length cannot be: then `byteCount`
        /// is nil and nothing that follows can be read.
        case violation(WebSocketCloseCode, String, byteCount: Int?)
    }

    private let role: Role
    private let maximumFrameBytes: Int
    private let maximumMessageBytes: Int
    private let allowsCompression: Bool
    /// Whether a message has begun and not ended.
    private var isInMessage = false
    /// Whether the message that the last data frame belongs to is compressed.
    package private(set) var isMessageCompressed = false
    /// Bytes of the message so far, as they are on the wire.
    private var messageBytes = 0
    private var mask: WebSocketMask?
    private var payloadLength = 0
    private var payloadOffset = 0

    /// - Parameters:
    ///   - maximumFrameBytes: the longest payload of a frame, as it is on the wire.
    ///   - maximumMessageBytes: the same for a message, its fragments together.
    ///   - allowsCompression: whether permessage-deflate was negotiated.
    package init(role: Role, maximumFrameBytes: Int, maximumMessageBytes: Int, allowsCompression: Bool) {
        self.role = role
        self.maximumFrameBytes = maximumFrameBytes
        self.maximumMessageBytes = maximumMessageBytes
        self.allowsCompression = allowsCompression
    }

    /// Whether a header is next, rather than payload.
    package var isAtHeader: Bool { self.payloadOffset == self.payloadLength }

    /// Reads the header at the start of some bytes. Only to be called where one is next.
    ///
    /// - Parameter isLenient: passes over every rule but the layout: once this end has sent its close frame, only the peer's is waited for.
    package mutating func header(_ bytes: UnsafeRawBufferPointer, isLenient: Bool = false) -> Event {
        switch WebSocketFrameHeader.parse(bytes) {
        case .needsMoreData: return .needsMoreData
        case .invalidLength: return .violation(.protocolError, "invalid length", byteCount: nil)
        case .header(let header, let byteCount):
            self.mask = header.mask
            self.payloadLength = header.length
            self.payloadOffset = 0
            do throws(Violation) {
                if !isLenient { try self.check(header) }
            } catch {
                return .violation(error.code, error.reason, byteCount: byteCount)
            }
            return .header(header, byteCount: byteCount)
        }
    }

    private struct Violation: Error {
        var code: WebSocketCloseCode
        var reason: String

        init(_ code: WebSocketCloseCode, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    private mutating func check(_ header: WebSocketFrameHeader) throws(Violation) {
        // A client masks every frame, a server none (section 5.1).
        guard (header.mask != nil) == (self.role == .server) else { throw Violation(.protocolError, "invalid mask") }
        if header.opcode.isControl { try Self.checkControl(header) } else { try self.checkData(header) }
    }

    private static func checkControl(_ header: WebSocketFrameHeader) throws(Violation) {
        guard header.reserved == 0 else { throw Violation(.protocolError, "reserved bits are set") }
        switch header.opcode {
        case .connectionClose, .ping, .pong: break
        default: throw Violation(.protocolError, "unknown opcode")
        }
        guard header.isFinal, header.length <= 125 else { throw Violation(.protocolError, "invalid control frame") }
    }

    private mutating func checkData(_ header: WebSocketFrameHeader) throws(Violation) {
        // The first bit says that a message is compressed, and stands in its first frame only (RFC 7692 section 6).
        let isFirst = header.opcode != .continuation
        let allowed = isFirst && self.allowsCompression ? WebSocketFrameHeader.compressedBit : 0
        guard header.reserved & ~allowed == 0 else { throw Violation(.protocolError, "reserved bits are set") }
        switch header.opcode {
        case .text, .binary:
            guard !self.isInMessage else { throw Violation(.protocolError, "a message began inside of another") }
            self.isMessageCompressed = header.reserved != 0
            self.messageBytes = 0
        case .continuation:
            guard self.isInMessage else { throw Violation(.protocolError, "a continuation of nothing") }
        default: throw Violation(.protocolError, "unknown opcode")
        }
        guard header.length <= self.maximumFrameBytes else { throw Violation(.messageTooBig, "frame too long") }
        guard header.length <= self.maximumMessageBytes - self.messageBytes else {
            throw Violation(.messageTooBig, "message too long")
        }
        self.messageBytes += header.length
        self.isInMessage = !header.isFinal
    }

    /// How many of the bytes that are there belong to the current payload.
    package func payload(available: Int) -> Int { min(available, self.payloadLength - self.payloadOffset) }

    /// Copies the next bytes of the payload without their mask, and counts them as read.
    ///
    /// - Parameter target: at least as long as `bytes`.
    package mutating func unmask(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        if let mask { mask.copy(bytes, to: target, offset: self.payloadOffset) } else { target.copyMemory(from: bytes) }
        self.payloadOffset += bytes.count
    }

    /// Counts bytes of the payload as read that nobody wants.
    package mutating func skip(_ count: Int) { self.payloadOffset += count }
}
