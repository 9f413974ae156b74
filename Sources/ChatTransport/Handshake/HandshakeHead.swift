import HTTPTypes
import NIOCore

/// The head of an HTTP/1.1 message (RFC 9112), as strict as who speaks nothing but WebSocket may be: no folded lines, no bare line feeds.
struct HandshakeHead: Sendable, Equatable {
    /// The request line or the status line.
    var startLine: String
    var fields: HTTPFields
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
    static func parse(_ bytes: ByteBufferView, searched: Int, limits: Limits) -> Parsed {
        bytes.withUnsafeBytes { bytes in
            guard let end = self.end(of: bytes, searched: searched) else {
                return bytes.count >= limits.bytes ? .invalid : .needsMoreData
            }
            guard end <= limits.bytes, let head = Self(UnsafeRawBufferPointer(rebasing: bytes[..<(end - 2)]), maximumFields: limits.fields)
            else { return .invalid }
            return .head(head, byteCount: end)
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

    /// - Parameter bytes: every line with its end, without the empty one.
    private init?(_ bytes: UnsafeRawBufferPointer, maximumFields: Int) {
        var lines = Lines(bytes: bytes)
        guard let line = lines.next(), let startLine = Self.visible(line) else { return nil }
        self.startLine = startLine
        self.fields = HTTPFields()
        var count = 0
        while let line = lines.next() {
            count += 1
            guard count <= maximumFields, let field = Self.field(line) else { return nil }
            self.fields.append(field)
        }
        guard lines.isAtEnd else { return nil }
    }

    private struct Lines {
        var bytes: UnsafeRawBufferPointer
        var index = 0

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

    private static func field(_ line: UnsafeRawBufferPointer) -> HTTPField? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { return nil }
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value = value.dropFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value = value.dropLast() }
        // Controls may not stand in a value; bytes above ASCII may, and mean what the application takes them for.
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        return HTTPField(name: name, value: String(decoding: value, as: UTF8.self))
    }
}
