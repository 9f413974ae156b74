import NIOCore
import Testing

@testable import ChatTransport

/// Together with the pool that a channel of NIO keeps its buffers in.
struct TransientReceiveAllocatorTests {
    private static func pool() -> NIOPooledRecvBufferAllocator {
        NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: TransientReceiveAllocator())
    }

    /// Reads so many bytes, or as many as the buffer has room for.
    private static func read(_ count: Int, from pool: inout NIOPooledRecvBufferAllocator) -> (buffer: ByteBuffer, bytes: Int) {
        let (buffer, bytes) = pool.buffer(allocator: ByteBufferAllocator()) { buffer in
            let bytes = min(count, buffer.writableBytes)
            buffer.writeRepeatingByte(7, count: bytes)
            return bytes
        }
        pool.record(actualReadBytes: bytes)
        return (buffer, bytes)
    }

    @Test func thePoolHoldsTheFirstSmallBufferAndNoOther() {
        var pool = Self.pool()
        let (first, _) = Self.read(200, from: &pool)
        #expect(first.capacity == 256)
        let storage = first.withUnsafeReadableBytes { $0.baseAddress }
        for count in [1, 2048, 100_000, 100_000, 100_000, 100_000, 100_000, 100_000, 10, 65_536, 0, 5] {
            let (buffer, _) = Self.read(count, from: &pool)
            #expect(pool.count == 1)
            #expect(buffer.withUnsafeReadableBytes { $0.baseAddress } != storage)
        }
    }

    /// What was handed out before is never written to again.
    @Test func aBufferIsSomebodysForGood() {
        var pool = Self.pool()
        var held: [(buffer: ByteBuffer, bytes: [UInt8])] = []
        for count in [100, 3000, 20, 70_000, 70_000, 1, 256] {
            let (buffer, _) = Self.read(count, from: &pool)
            held.append((buffer, Array(buffer.readableBytesView)))
        }
        for (buffer, bytes) in held { #expect(Array(buffer.readableBytesView) == bytes) }
    }

    @Test func growsWhileReadsFillItAndShrinksAtOnce() {
        var pool = Self.pool()
        #expect(Self.read(.max, from: &pool).bytes == 256)
        for expected in [2048, 4096, 8192, 16_384, 32_768, 65_536, 65_536] {
            #expect(Self.read(.max, from: &pool).bytes == expected)
        }
        _ = Self.read(100, from: &pool)
        #expect(Self.read(.max, from: &pool).bytes == 2048)
    }

    /// A stream that comes in pieces of any size is taken whole.
    @Test(arguments: 0..<10) func losesNothing(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var pool = Self.pool()
        var left = 300_000
        var taken = 0
        while left > 0 {
            let available = min(left, Int.random(in: 1...90_000, using: &generator))
            let (buffer, bytes) = Self.read(available, from: &pool)
            #expect(buffer.readableBytes == bytes)
            #expect(bytes > 0)
            left -= bytes
            taken += bytes
        }
        #expect(taken == 300_000)
    }
}
