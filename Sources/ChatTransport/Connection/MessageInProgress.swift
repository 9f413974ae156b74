import ChatProtocol
import NIOCore

/// What is there of a message, or of a frame, that has not come whole. Most connections have none at most times.
struct MessageInProgress {
    /// The start of a header whose end is still to come.
    var header = ByteBuffer()
    /// The payload so far of a control frame.
    var control = ByteBuffer()
    /// The payload so far of a data message, inflated if it was compressed.
    var bytes = ByteBuffer()
    var kind = WebSocketMessage.Kind.binary
    var text = UTF8Validator()
    /// When the message began; nil between messages.
    var startedAt: NIODeadline?

    var isEmpty: Bool { self.startedAt == nil && self.header.readableBytes == 0 && self.control.readableBytes == 0 }

    mutating func begin(_ kind: WebSocketMessage.Kind, now: NIODeadline) {
        self.kind = kind
        self.bytes = ByteBuffer()
        self.text = UTF8Validator()
        self.startedAt = now
    }

    /// Nothing is delivered any more.
    mutating func forgetMessage(isInCloseFrame: Bool) {
        self.bytes = ByteBuffer()
        self.startedAt = nil
        if !isInCloseFrame { self.control = ByteBuffer() }
    }

    /// - Returns: false if the message is text and cannot become UTF-8 any more.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        self.bytes.writeBytes(bytes)
        return self.kind == .binary || self.text.append(bytes)
    }

    /// Takes payload off what came from the peer.
    ///
    /// - Returns: as ``append(_:)``.
    mutating func appendUnmasked(_ input: inout ByteBuffer, count: Int, reader: inout WebSocketFrameReader) -> Bool {
        let start = self.bytes.writerIndex
        self.bytes.writeUnmasked(&input, count: count, reader: &reader)
        guard self.kind == .text else { return true }
        let range = start - self.bytes.readerIndex..<self.bytes.readableBytes
        return self.bytes.withUnsafeReadableBytes { self.text.append(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}

extension WebSocketFrameReader {
    /// Takes payload off what came from the peer.
    mutating func readUnmasked(_ input: inout ByteBuffer, count: Int) -> ByteBuffer {
        guard count > 0 else { return ByteBuffer() }
        var bytes = ByteBufferAllocator().buffer(capacity: count)
        bytes.writeUnmasked(&input, count: count, reader: &self)
        return bytes
    }
}

extension ByteBuffer {
    fileprivate mutating func writeUnmasked(_ input: inout ByteBuffer, count: Int, reader: inout WebSocketFrameReader) {
        guard count > 0 else { return }
        input.withUnsafeReadableBytes { source in
            _ = self.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
                reader.unmask(UnsafeRawBufferPointer(rebasing: source[..<count]), into: target)
                return count
            }
        }
        input.moveReaderIndex(forwardBy: count)
    }
}

/// A value that lies elsewhere, so that whoever may have one and mostly has none stays small.
struct Boxed<Value> {
    private final class Storage {
        var value: Value

        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage

    init(_ value: Value) { self.storage = Storage(value) }

    var value: Value {
        get { self.storage.value }
        _modify {
            if !isKnownUniquelyReferenced(&self.storage) { self.storage = Storage(self.storage.value) }
            yield &self.storage.value
        }
    }
}
