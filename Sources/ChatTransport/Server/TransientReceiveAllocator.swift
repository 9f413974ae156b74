import NIOCore

/// Buffers for what a socket brings, none of which a channel keeps.
///
/// NIO has every channel hold on to as many buffers as it reads in one go, to use them again if nobody else has them by then. Here the
/// first one is small, and once `maxMessagesPerRead` is 1, which the handshake sees to, there is no room for others: 2 KiB less an idle
/// connection, for a call to `malloc` a read.
struct TransientReceiveAllocator: RecvByteBufferAllocator {
    private static let first = 64
    private static let minimum = 2048
    private static let maximum = 65_536

    private var next = Self.first

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: self.next) }

    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= self.next {
            self.next = min(max(self.next * 2, Self.minimum), Self.maximum)
        } else {
            self.next = Self.minimum
        }
        // "May grow" makes the channel ask for a new buffer each time.
        return true
    }

    func nextBufferSize() -> Int? { nil }
}
