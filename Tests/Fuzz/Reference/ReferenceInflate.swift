import CZlib

/// A whole message at once, with a new zlib stream and its context as a dictionary (RFC 7692 section 7.2.2).
struct ReferenceInflate {
    enum Outcome: Equatable {
        case message([UInt8])
        case invalid, tooBig
    }

    private let takesOverContext: Bool
    private let limit: Int
    /// The last 32 KiB of earlier messages.
    private var context: [UInt8] = []

    init(takesOverContext: Bool, limit: Int) {
        self.takesOverContext = takesOverContext
        self.limit = limit
    }

    mutating func message(_ payload: [UInt8]) -> Outcome {
        if payload.isEmpty { return .message([]) }
        let bytes = payload + [0x00, 0x00, 0xFF, 0xFF]
        var output: [UInt8] = []
        var read = 0
        // A final block ends a DEFLATE stream, and another may follow.
        while true {
            switch self.stream(bytes, &read, &output) {
            case .end:
                if self.takesOverContext { self.context = Array((self.context + output).suffix(32_768)) }
                return .message(output)
            case .endOfStream:
                // The last block may be final and the four bytes too many.
                if read == payload.count || read == bytes.count {
                    if self.takesOverContext { self.context = Array((self.context + output).suffix(32_768)) }
                    return .message(output)
                }
            case .invalid:
                self.context = []
                return .invalid
            case .tooBig:
                self.context = []
                return .tooBig
            }
        }
    }

    private enum Step {
        case end, endOfStream, invalid, tooBig
    }

    private func stream(_ bytes: [UInt8], _ read: inout Int, _ output: inout [UInt8]) -> Step {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { fatalError("zlib") }
        defer { inflateEnd(&stream) }
        let dictionary = Array((self.context + output).suffix(32_768))
        if !dictionary.isEmpty { inflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) }
        var input = Array(bytes[read...])
        let room = self.limit + 1 - output.count
        var status: Int32 = Z_OK
        let produced = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(room)
                status = CZlib.inflate(&stream, Z_SYNC_FLUSH)
            }
            count = room - Int(stream.avail_out)
        }
        output += produced
        read += input.count - Int(stream.avail_in)
        if output.count > self.limit { return .tooBig }
        switch status {
        case Z_STREAM_END: return .endOfStream
        case Z_OK, Z_BUF_ERROR:
            // 128: right behind a block, with no bit left.
            return stream.avail_in == 0 && stream.data_type == 128 ? .end : .invalid
        default: return .invalid
        }
    }
}
