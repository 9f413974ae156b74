import Testing

@testable import ChatProtocol

struct WebSocketMaskTests {
    private static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    private static let mask = WebSocketMask(UInt32(littleEndian: 0x3D21_FA37))

    private static func naive(_ bytes: [UInt8], offset: Int) -> [UInt8] {
        bytes.indices.map { bytes[$0] ^ self.key[(offset + $0) % 4] }
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(count))
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test(arguments: 0...100) func copiesAsANaiveLoopWould(_ count: Int) {
        let bytes = Self.bytes(count)
        for offset in 0..<9 {
            // One byte more on both sides, which nobody may touch.
            var target = [UInt8](repeating: 0xEE, count: count + 2)
            bytes.withUnsafeBytes { source in
                target.withUnsafeMutableBytes { target in
                    Self.mask.copy(source, to: UnsafeMutableRawBufferPointer(rebasing: target[1..<(count + 1)]), offset: offset)
                }
            }
            #expect(target == [0xEE] + Self.naive(bytes, offset: offset) + [0xEE])
        }
    }

    @Test(arguments: 0...100) func appliesInPlace(_ count: Int) {
        let bytes = Self.bytes(count)
        for offset in 0..<5 {
            var target = bytes
            target.withUnsafeMutableBytes { Self.mask.apply(to: $0, offset: offset) }
            #expect(target == Self.naive(bytes, offset: offset))
            target.withUnsafeMutableBytes { Self.mask.apply(to: $0, offset: offset) }
            #expect(target == bytes)
        }
    }

    /// Wherever in memory the bytes lie.
    @Test func doesNotDependOnAlignment() {
        let bytes = Self.bytes(80)
        for start in 0..<16 {
            for end in stride(from: start, through: 80, by: 7) {
                var target = [UInt8](repeating: 0, count: 96)
                bytes.withUnsafeBytes { source in
                    target.withUnsafeMutableBytes { target in
                        Self.mask.copy(
                            UnsafeRawBufferPointer(rebasing: source[start..<end]),
                            to: UnsafeMutableRawBufferPointer(rebasing: target[(15 - start)...]), offset: 3)
                    }
                }
                #expect(Array(target[(15 - start)..<(15 - start + end - start)]) == Self.naive(Array(bytes[start..<end]), offset: 3))
            }
        }
    }

    /// Cut anywhere, with the offset that each part has in the payload.
    @Test func cutAnywhere() {
        let bytes = Self.bytes(70)
        for cut in 0...70 {
            var target = bytes
            target.withUnsafeMutableBytes { target in
                Self.mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: target[..<cut]))
                Self.mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: target[cut...]), offset: cut)
            }
            #expect(target == Self.naive(bytes, offset: 0))
        }
    }
}
