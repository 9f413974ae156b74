import CZlib

/// Decompresses messages of permessage-deflate as their bytes come in (RFC 7692 section 7.2.2). For one event loop at a time.
///
/// One that takes over no context may serve any number of connections, but only one message at a time: lend it for a message, from the
/// first chunk to the last, and call ``reset()`` when a connection ends between them.
package final class MessageInflater {
    /// An output chunk: what one call of `append` gets at most.
    static let chunkBytes = 16_384
    /// `avail_in` has 32 bits, so a long chunk goes in piece by piece.
    private static let pieceBytes = 1 << 20

    /// zlib keeps a pointer back to this, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let takesOverContext: Bool
    /// Of the message so far.
    private var deflatedBytes = 0
    private var inflatedBytes = 0
    /// Nothing was read since the message began, or since its last final block: the message may end here.
    private var isBetweenStreams = true

    /// - Parameters:
    ///   - windowBits: at least what the peer compresses with, 8...15. zlib allocates the window when the first message comes.
    ///   - takesOverContext: whether a message may refer to the ones before it.
    package init(windowBits: Int, takesOverContext: Bool) {
        precondition((8...15).contains(windowBits))
        self.takesOverContext = takesOverContext
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        let status = inflateInit2_(self.stream, -Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib: no memory, or another version than was compiled against")
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Whether a message has begun and not ended.
    package private(set) var isInsideMessage = false

    /// Forgets the message under way and all context, so that another connection may use this inflater.
    package func reset() {
        inflateReset(self.stream)
        self.beginMessage()
    }

    /// Decompresses the next bytes of a message.
    ///
    /// - Parameters:
    ///   - chunk: a frame's payload or a part of it; may be empty.
    ///   - isLast: whether the message ends with this chunk.
    ///   - limit: what the whole message may inflate to; the same for all its chunks.
    ///   - append: takes the inflated bytes, piece by piece in order. The buffer is valid during the call only, and the call must not
    ///     use this inflater.
    /// - Throws: when the message is refused. Bytes of it may have been handed on. The inflater is reset.
    package func inflate(
        _ chunk: UnsafeRawBufferPointer, isLast: Bool, limit: Limits, append: (UnsafeRawBufferPointer) -> Void
    ) throws(InflateError) {
        self.isInsideMessage = true
        do throws(InflateError) {
            try self.feed(chunk, limit: limit, append: append)
            if isLast { try self.endMessage(limit: limit, append: append) }
        } catch {
            self.reset()
            throw error
        }
    }

    private func endMessage(limit: Limits, append: (UnsafeRawBufferPointer) -> Void) throws(InflateError) {
        // A message that ends with a final block lacks the 00 of section 7.2.3.4, but is complete; some senders forget it. So is an
        // empty payload.
        if !self.isBetweenStreams {
            // 00 00 FF FF, which the sender took off.
            try withUnsafeBytes(of: UInt32(0xFFFF_0000).littleEndian) { tail throws(InflateError) in
                try self.feed(tail, limit: limit, append: append)
            }
            // 128: right after a block. No bit is left then. Anything else was cut off, or is no end that a flush writes.
            guard self.isBetweenStreams || self.stream.pointee.data_type == 128 else { throw .invalid }
        }
        if !self.takesOverContext { inflateReset(self.stream) }
        self.beginMessage()
    }

    private func beginMessage() {
        self.deflatedBytes = 0
        self.inflatedBytes = 0
        self.isBetweenStreams = true
        self.isInsideMessage = false
    }

    private func feed(
        _ chunk: UnsafeRawBufferPointer, limit: Limits, append: (UnsafeRawBufferPointer) -> Void
    ) throws(InflateError) {
        guard !chunk.isEmpty else { return }
        // Small frames get their output chunk on the stack.
        let capacity = chunk.count <= 256 ? 1024 : Self.chunkBytes
        try withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { output throws(InflateError) in
            var given = 0
            while given < chunk.count {
                let piece = UnsafeRawBufferPointer(rebasing: chunk[given..<min(given + Self.pieceBytes, chunk.count)])
                given += piece.count
                try self.feed(piece, through: output, limit: limit, append: append)
            }
        }
    }

    /// Feeds what `avail_in` can count.
    private func feed(
        _ piece: UnsafeRawBufferPointer, through output: UnsafeMutableRawBufferPointer, limit: Limits,
        append: (UnsafeRawBufferPointer) -> Void
    ) throws(InflateError) {
        let stream = self.stream
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: piece.baseAddress!).assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            let before = stream.pointee.avail_in
            stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            let status = CZlib.inflate(stream, Z_SYNC_FLUSH)

            let read = Int(before - stream.pointee.avail_in)
            let produced = output.count - Int(stream.pointee.avail_out)
            self.deflatedBytes += read
            self.inflatedBytes += produced
            if read > 0 { self.isBetweenStreams = false }
            // What is below the limit is handed on first, so that the mistakes of a message are found in their order.
            let excess = max(0, self.inflatedBytes - limit.maximumBytes)
            let isAllowed = limit.allow(inflated: self.inflatedBytes, deflated: self.deflatedBytes)
            if isAllowed || excess > 0, produced > excess { append(UnsafeRawBufferPointer(rebasing: output[..<(produced - excess)])) }
            guard isAllowed else { throw .tooBig }

            switch status {
            case Z_OK, Z_BUF_ERROR:
                break
            case Z_STREAM_END:
                // A final block ends the DEFLATE stream, not the message, nor the window (RFC 7692 section 7.2.3.4). `inflateReset`
                // would forget the window; to set it again as a dictionary would copy 32 KiB for two bytes of a peer's making.
                inflateResetKeep(stream)
                self.isBetweenStreams = true
            case Z_MEM_ERROR:
                fatalError("zlib: no memory")
            default:
                throw .invalid
            }
        } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
    }
}
