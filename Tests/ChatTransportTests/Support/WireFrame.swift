/// A frame as its bytes (RFC 6455 section 5.2), written for the tests so that no code under test judges itself.
struct WireFrame: Hashable, Sendable {
    var fin = true
    /// The reserved bits, 0 to 7.
    var reserved: UInt8 = 0
    var opcode: UInt8
    /// Nil for a frame that is not masked.
    var mask: [UInt8]?
    /// Without the mask.
    var payload: [UInt8]

    init(_ opcode: UInt8, _ payload: some Sequence<UInt8>, fin: Bool = true, mask: [UInt8]? = nil) {
        self.opcode = opcode
        self.payload = Array(payload)
        self.fin = fin
        self.mask = mask
    }

    static func text(_ text: String) -> Self { Self(1, text.utf8) }

    static func close(_ code: UInt16?, _ reason: String = "") -> Self {
        Self(8, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + Array(reason.utf8) } ?? [])
    }

    /// As a client sends it.
    var masked: Self {
        var frame = self
        frame.mask = [0x37, 0xFA, 0x21, 0x3D]
        return frame
    }

    var unmasked: Self {
        var frame = self
        frame.mask = nil
        return frame
    }

    var text: String? { String(validating: self.payload, as: UTF8.self) }

    var closeCode: UInt16? {
        self.opcode == 8 && self.payload.count >= 2 ? UInt16(self.payload[0]) << 8 | UInt16(self.payload[1]) : nil
    }

    var bytes: [UInt8] {
        var bytes = [(self.fin ? 0x80 : 0) | self.reserved << 4 | self.opcode]
        let maskBit: UInt8 = self.mask == nil ? 0 : 0x80
        let length = self.payload.count
        if length < 126 {
            bytes.append(maskBit | UInt8(length))
        } else if length < 65_536 {
            bytes += [maskBit | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        } else {
            bytes.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(length >> shift & 0xFF)) }
        }
        guard let mask else { return bytes + self.payload }
        return bytes + mask + self.payload.indices.map { self.payload[$0] ^ mask[$0 % 4] }
    }

    /// Takes the first frame off the bytes; nil if it is not complete.
    init?(takingFrom bytes: inout ArraySlice<UInt8>) {
        var rest = bytes
        guard let first = rest.popFirst(), let second = rest.popFirst() else { return nil }
        func integer(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        }
        let short = Int(second & 0x7F)
        guard let length = short == 127 ? integer(8) : short == 126 ? integer(2) : short else { return nil }
        if second & 0x80 != 0 {
            guard rest.count >= 4 else { return nil }
            self.mask = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        guard rest.count >= length else { return nil }
        self.fin = first & 0x80 != 0
        self.reserved = first >> 4 & 7
        self.opcode = first & 0xF
        self.payload = Array(rest.prefix(length))
        if let mask { for index in self.payload.indices { self.payload[index] ^= mask[index % 4] } }
        bytes = rest.dropFirst(length)
    }

    /// All frames in the bytes; nil if something is left over.
    static func all(in bytes: some Sequence<UInt8>) -> [Self]? {
        var rest = ArraySlice(bytes)
        var frames: [Self] = []
        while let frame = Self(takingFrom: &rest) { frames.append(frame) }
        return rest.isEmpty ? frames : nil
    }
}
