import ChatProtocol
import HTTPTypes
import NIOCore

/// The head of an HTTP/1.1 message (RFC 9112), as strict as who speaks nothing but WebSocket may be: no folded lines, no bare line feeds.
///
/// It keeps the bytes, which were checked: most of a request's fields nobody ever asks for.
struct HandshakeHead: Sendable, Equatable {
    /// The request line or the status line.
    let startLine: String
    /// Every line with its end, without the start line and the empty one.
    private let fieldLines: ByteBuffer
}

extension HandshakeHead {
    struct Limits: Sendable {
        var bytes: Int
        var fields: Int
    }

    enum Parsed: Equatable {
        case needsMoreData
        case head(HandshakeHead, byteCount: Int)
        case invalid
    }

    /// - Parameter searched: how many of the bytes were seen before, so that a head that comes bit by bit is not searched anew each time.
    static func parse(_ buffer: ByteBuffer, searched: Int, limits: Limits) -> Parsed {
        buffer.withUnsafeReadableBytes { bytes in
            guard let end = self.end(of: bytes, searched: searched) else {
                return bytes.count >= limits.bytes ? .invalid : .needsMoreData
            }
            guard end <= limits.bytes else { return .invalid }
            var lines = Lines(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<(end - 2)]))
            guard let line = lines.next(), let startLine = self.visible(line) else { return .invalid }
            let start = lines.index
            var count = 0
            while let line = lines.next() {
                count += 1
                guard count <= limits.fields, self.isField(line) else { return .invalid }
            }
            guard lines.isAtEnd, let fieldLines = buffer.getSlice(at: buffer.readerIndex + start, length: end - 2 - start) else {
                return .invalid
            }
            return .head(HandshakeHead(startLine: startLine, fieldLines: fieldLines), byteCount: end)
        }
    }

    /// Behind the empty line.
    private static func end(of bytes: UnsafeRawBufferPointer, searched: Int) -> Int? {
        var index = max(3, searched)
        while index < bytes.count {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D { return index + 1 }
            index += 1
        }
        return nil
    }

    private struct Lines {
        let bytes: UnsafeRawBufferPointer
        private(set) var index = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { self.index == self.bytes.count }

        /// Without its end; nil at the end, and before a line that ends otherwise than with CRLF.
        mutating func next() -> UnsafeRawBufferPointer? {
            var index = self.index
            while index < self.bytes.count, self.bytes[index] != 0x0D { index += 1 }
            guard index + 1 < self.bytes.count, self.bytes[index + 1] == 0x0A else { return nil }
            defer { self.index = index + 2 }
            return UnsafeRawBufferPointer(rebasing: self.bytes[self.index..<index])
        }
    }

    /// ASCII without controls.
    private static func visible(_ bytes: UnsafeRawBufferPointer) -> String? {
        bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func isField(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(\.isTokenCharacter) else {
            return false
        }
        // Controls may not stand in a value; bytes above ASCII may, and mean what the application takes them for.
        return line[(colon + 1)...].allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

extension HandshakeHead {
    /// Shows every field, in order: its name as it was sent, and its value without the blanks around it.
    func forEachField(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        self.fieldLines.withUnsafeReadableBytes { bytes in
            var lines = Lines(bytes: bytes)
            while let line = lines.next() {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
                let value = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...])
                body(UnsafeRawBufferPointer(rebasing: line[..<colon]), value.trimmingBlanks())
            }
        }
    }

    /// The same, in memory of its own.
    func copied() -> HandshakeHead {
        HandshakeHead(startLine: self.startLine, fieldLines: ByteBuffer(bytes: self.fieldLines.readableBytesView))
    }

    /// All of them. Made at each call.
    func makeFields() -> HTTPFields {
        var fields = HTTPFields()
        self.forEachField { name, value in
            guard let name = HTTPField.Name(String(decoding: name, as: UTF8.self)) else { return }
            fields.append(HTTPField(name: name, value: String(decoding: value, as: UTF8.self)))
        }
        return fields
    }
}
