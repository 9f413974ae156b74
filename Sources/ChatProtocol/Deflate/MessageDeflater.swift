import CZlib

/// Compresses whole messages for permessage-deflate (RFC 7692 section 7.2.1). For one event loop at a time.
///
/// One that takes over no context may serve any number of connections in turn.
package final class MessageDeflater {
    /// An output chunk: what one call of `append` gets at most.
    static let chunkBytes = 16_384
    /// `avail_in` has 32 bits, so a long message goes in piece by piece.
    private static let pieceBytes = 1 << 20

    /// zlib keeps a pointer back to this, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let takesOverContext: Bool

    /// - Parameters:
    ///   - windowBits: 8...15. zlib cannot keep to a window of 8 bits, so with 8 it only finds runs of one byte.
    ///   - memoryLevel: zlib's `memLevel`, 1...9.
    ///   - level: zlib's compression level, 1...9.
    ///   - takesOverContext: whether a message may refer to the ones before it.
    package init(windowBits: Int, memoryLevel: Int, level: Int, takesOverContext: Bool) {
        precondition((8...15).contains(windowBits) && (1...9).contains(memoryLevel) && (1...9).contains(level))
        self.takesOverContext = takesOverContext
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        // zlib refuses 8 for a raw stream. A stream that refers one byte back at most fits into any window.
        let status = deflateInit2_(
            self.stream, Int32(level), Z_DEFLATED, -Int32(max(windowBits, 9)), Int32(memoryLevel),
            windowBits == 8 ? Z_RLE : Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib: no memory, or another version than was compiled against")
    }

    deinit {
        deflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Compresses a message.
    ///
    /// - Parameters:
    ///   - message: the payload of the whole message; may be empty.
    ///   - append: takes the compressed payload, piece by piece in order. The buffer is valid during the call only, and the call must
    ///     not use this deflater.
    package func deflate(_ message: UnsafeRawBufferPointer, append: (UnsafeRawBufferPointer) -> Void) {
        guard !message.isEmpty else {
            // An empty block without its tail (RFC 7692 section 7.2.3.6). zlib writes none when the last thing it did was to flush.
            withUnsafeBytes(of: UInt8(0)) { append($0) }
            return
        }
        // Small messages get their chunk on the stack.
        let bound = Int(deflateBound(self.stream, UInt(message.count))) + 16
        withUnsafeTemporaryAllocation(byteCount: min(bound, Self.chunkBytes), alignment: 1) { chunk in
            self.deflate(message, through: chunk, append: append)
        }
        if !self.takesOverContext { deflateReset(self.stream) }
    }

    private func deflate(
        _ message: UnsafeRawBufferPointer, through chunk: UnsafeMutableRawBufferPointer, append: (UnsafeRawBufferPointer) -> Void
    ) {
        let bytes = UnsafeMutableRawPointer(mutating: message.baseAddress!).assumingMemoryBound(to: UInt8.self)
        let output = chunk.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var given = 0
        // The last four bytes so far wait at the start of the chunk: at the end they are 00 00 FF FF, which is not sent.
        var kept = 0
        while true {
            if self.stream.pointee.avail_in == 0 {
                let piece = min(message.count - given, Self.pieceBytes)
                self.stream.pointee.next_in = bytes + given
                self.stream.pointee.avail_in = UInt32(piece)
                given += piece
            }
            self.stream.pointee.next_out = output + kept
            self.stream.pointee.avail_out = UInt32(chunk.count - kept)
            let status = CZlib.deflate(self.stream, given == message.count ? Z_SYNC_FLUSH : Z_NO_FLUSH)
            // Z_BUF_ERROR: the flush ended exactly at the end of the chunk before, and nothing is left to do.
            precondition(status == Z_OK || status == Z_BUF_ERROR)
            let filled = chunk.count - Int(self.stream.pointee.avail_out)
            kept = min(filled, 4)
            if filled > kept { append(UnsafeRawBufferPointer(start: output, count: filled - kept)) }
            if self.stream.pointee.avail_in == 0, self.stream.pointee.avail_out > 0, given == message.count { return }
            output.update(from: output + (filled - kept), count: kept)
        }
    }
}
