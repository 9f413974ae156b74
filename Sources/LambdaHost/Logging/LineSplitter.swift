import NIOCore

/// Cuts a stream of bytes into lines, and lines that are too long into pieces.
struct LineSplitter {
    private let maximumBytes: Int
    private var rest = ByteBuffer()
    /// How much of what is kept is known to hold no end of a line.
    private var searched = 0

    init(maximumBytes: Int) { self.maximumBytes = max(1, maximumBytes) }

    /// The lines that are complete with these bytes.
    mutating func receive(_ bytes: ByteBuffer, line: (String) -> Void) {
        var bytes = bytes
        // Never more is kept than one line and one read of the pipe.
        self.rest.writeBuffer(&bytes)
        while let next = self.nextLine() { line(next) }
        self.rest.discardReadBytes()
    }

    /// What is left when the stream ends.
    mutating func finish(line: (String) -> Void) {
        if self.rest.readableBytes > 0, let last = self.rest.readString(length: self.rest.readableBytes) { line(last) }
        self.searched = 0
    }

    private mutating func nextLine() -> String? {
        let view = self.rest.readableBytesView
        let end = view[(view.startIndex + self.searched)...].firstIndex(of: UInt8(ascii: "\n"))
        let length = end.map { $0 - view.startIndex } ?? view.count
        guard end != nil || length >= self.maximumBytes else {
            self.searched = length
            return nil
        }
        self.searched = 0
        guard length <= self.maximumBytes else {
            return self.rest.readString(length: self.pieceLength())
        }
        if end == nil { return self.rest.readString(length: self.pieceLength()) }
        var text = self.rest.readSlice(length: length) ?? ByteBuffer()
        self.rest.moveReaderIndex(forwardBy: 1)
        if text.getInteger(at: text.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "\r") {
            text.moveWriterIndex(to: text.writerIndex - 1)
        }
        return String(buffer: text)
    }

    /// As much of a line that is too long as fits, without cutting a character of UTF-8 in two.
    private func pieceLength() -> Int {
        let length = min(self.maximumBytes, self.rest.readableBytes)
        guard length < self.rest.readableBytes else { return length }
        for back in 0..<min(4, length) {
            let byte: UInt8? = self.rest.getInteger(at: self.rest.readerIndex + length - back)
            if let byte, byte & 0xC0 != 0x80 { return length - back }
        }
        return length
    }
}
