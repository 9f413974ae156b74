/// The masking key of a frame (RFC 6455 section 5.3), applied a machine word at a time.
package struct WebSocketMask: Sendable, Hashable {
    /// The four bytes as they lie in memory.
    let word: UInt32

    init(_ word: UInt32) { self.word = word }

    /// One that nobody can guess: the system's generator makes it (section 10.3).
    package static func random() -> Self { Self(UInt32.random(in: .min ... .max)) }

    /// Copies bytes and masks or unmasks them on the way.
    ///
    /// - Parameters:
    ///   - target: at least as long; may be the same memory.
    ///   - offset: how many bytes of the same payload came before these.
    package func copy(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, offset: Int = 0) {
        precondition(target.count >= bytes.count)
        let rotated = self.rotated(by: offset)
        let wide = UInt64(rotated) << 32 | UInt64(rotated)
        var index = 0
        let count = bytes.count
        func word(_ at: Int) {
            target.storeBytes(of: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ wide, toByteOffset: at, as: UInt64.self)
        }
        // Four words a turn: the compiler makes vector instructions of them.
        while index &+ 32 <= count {
            word(index)
            word(index &+ 8)
            word(index &+ 16)
            word(index &+ 24)
            index &+= 32
        }
        while index &+ 8 <= count {
            word(index)
            index &+= 8
        }
        withUnsafeBytes(of: rotated) { key in
            while index < count {
                target[index] = bytes[index] ^ key[index & 3]
                index &+= 1
            }
        }
    }

    /// Masks or unmasks bytes where they are.
    package func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int = 0) {
        self.copy(UnsafeRawBufferPointer(bytes), to: bytes, offset: offset)
    }

    /// The key as the byte at `offset` finds it.
    private func rotated(by offset: Int) -> UInt32 {
        let shift = UInt32(offset & 3) &* 8
        let native = UInt32(littleEndian: self.word)
        return (native >> shift | native << ((32 &- shift) & 31)).littleEndian
    }
}
