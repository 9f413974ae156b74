import ChatProtocol

/// Streams of frames (RFC 6455 section 5.2), written without the code under test.
struct FrameGenerator {
    var isMasked: Bool
    /// Nil without permessage-deflate.
    var deflater: MessageDeflater?
    /// Whether single headers are to be wrong.
    var isWrong: Bool
    private(set) var bytes: [UInt8] = []

    init(isMasked: Bool, deflater: MessageDeflater?, isWrong: Bool) {
        self.isMasked = isMasked
        self.deflater = deflater
        self.isWrong = isWrong
    }

    /// A message or a control frame.
    mutating func item(_ random: inout FuzzRandom) {
        switch random.below(12) {
        case 0, 1: self.control(&random)
        case 2: self.close(&random)
        default: self.message(&random)
        }
    }

    private mutating func message(_ random: inout FuzzRandom) {
        let isText = random.below(3) > 0
        var payload =
            isText ? TextGenerator.text(TextGenerator.length(&random), &random) : random.bytes(min(300, TextGenerator.length(&random)))
        var reserved: UInt8 = 0
        if let deflater, random.below(3) > 0 {
            payload = DeflateGenerator.payload(deflater: deflater, &random)
            reserved = 4
        } else if random.once(in: 16) {
            Mutation().apply(to: &payload, &random)
        }
        let fragments = random.once(in: 3) ? random.within(2...4) : 1
        var rest = payload[...]
        for index in 0..<fragments {
            let isLast = index == fragments - 1
            let part = isLast ? rest : rest.prefix(random.below(rest.count + 1))
            rest = rest.dropFirst(part.count)
            let opcode: UInt8 = index > 0 ? 0 : isText ? 1 : 2
            self.frame(opcode, part, isFinal: isLast, reserved: index == 0 ? reserved : 0, &random)
            if !isLast, random.once(in: 3) { self.control(&random) }
        }
    }

    private mutating func control(_ random: inout FuzzRandom) {
        let length = random.once(in: 4) ? random.pick([0, 124, 125]) : random.below(12)
        self.frame(random.once(in: 3) ? 10 : 9, random.bytes(length)[...], &random)
    }

    private mutating func close(_ random: inout FuzzRandom) {
        let code = random.pick([0, 999, 1000, 1001, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 2999, 3000, 4008, 4999, 5000, 65_535])
        var payload = [UInt8(code >> 8), UInt8(code & 0xFF)] + TextGenerator.text(random.below(40), &random)
        switch random.below(6) {
        case 0: payload = []
        case 1: payload.removeLast()
        case 2: payload = [3]
        default: break
        }
        self.frame(8, payload[...], &random)
    }

    private mutating func frame(
        _ opcode: UInt8, _ payload: ArraySlice<UInt8>, isFinal: Bool = true, reserved: UInt8 = 0, _ random: inout FuzzRandom
    ) {
        var (first, isMasked, length) = ((isFinal ? 0x80 : 0) | reserved << 4 | opcode, self.isMasked, payload.count)
        var form = length < 126 ? 0 : length < 65_536 ? 2 : 8
        if self.isWrong, random.once(in: 4) {
            switch random.below(6) {
            case 0: first ^= 0x10 << UInt8(random.below(3))
            case 1: first = first & 0xF0 | UInt8(random.below(16))
            case 2: first ^= 0x80
            case 3: isMasked.toggle()
            case 4: form = random.pick([2, 8])
            default: (form, length) = (8, random.pick([Int.max, Int.min, 1 << 32, 70_000, 200, 126]))
            }
        }
        self.bytes.append(first)
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        self.bytes.append(maskBit | (form == 0 ? UInt8(length) : form == 2 ? 126 : 127))
        for index in 0..<form { self.bytes.append(UInt8(truncatingIfNeeded: length >> (8 * (form - 1 - index)))) }
        guard isMasked else {
            self.bytes += payload
            return
        }
        let mask = random.bytes(4)
        self.bytes += mask
        for (index, byte) in payload.enumerated() { self.bytes.append(byte ^ mask[index & 3]) }
    }
}
