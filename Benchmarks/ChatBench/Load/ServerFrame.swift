/// Where one frame of a server lies in what was read (RFC 6455 section 5.2); only its header is looked at.
struct ServerFrame {
    var opcode: UInt8
    var payload: Range<Int>

    /// - Returns: nil if the frame is not there whole yet.
    @inline(__always)
    init?(in bytes: UnsafeRawBufferPointer, at start: Int) {
        let available = bytes.count - start
        guard available >= 2 else { return nil }
        var length = Int(bytes[start + 1] & 0x7f)
        var header = 2
        if length == 126 {
            guard available >= 4 else { return nil }
            length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
            header = 4
        } else if length == 127 {
            guard available >= 10 else { return nil }
            length = bytes[start + 2..<start + 10].reduce(0) { $0 << 8 | Int($1) }
            header = 10
        }
        guard available - header >= length else { return nil }
        self.opcode = bytes[start] & 0x0f
        self.payload = start + header..<start + header + length
    }
}

/// Frames as a client sends them.
enum ClientFrame {
    /// A masked frame. The mask is no secret here: a fixed one that is not zero makes the server do the work of unmasking.
    static func encode(opcode: UInt8, payload: some Collection<UInt8>) -> [UInt8] {
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            precondition(payload.count < 65_536)
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        }
        let mask: [UInt8] = [0x9e, 0x37, 0x79, 0xb9]
        frame += mask
        for (index, byte) in payload.enumerated() { frame.append(byte ^ mask[index & 3]) }
        return frame
    }
}
