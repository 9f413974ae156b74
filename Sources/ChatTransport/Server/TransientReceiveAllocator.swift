package import NIOCore

/// Buffers for what a socket brings, none of which a channel keeps.
///
/// NIO has every channel hold on to as many buffers as it reads in one go (`maxMessagesPerRead`, which is 1 here), to use them again if
/// nobody else has them by then. The first one is as small as a plain handshake's request, and the later ones are never kept: nearly
/// 2 KiB less an idle connection, for a call to `malloc` a read.
package struct TransientReceiveAllocator: RecvByteBufferAllocator {
    private static let first = 256
    private static let minimum = 2048
    private static let maximum = 65_536

    private var next = Self.first

    /// Has a channel read so. On its event loop, before its first read.
    package static func use(on channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.recvAllocator, value: Self())
        try options.setOption(.maxMessagesPerRead, value: 1)
    }

    /// Has a channel read as channels do that nobody has set up.
    package static func stopUsing(on channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator())
        try options.setOption(.maxMessagesPerRead, value: 4)
    }

    package func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: self.next) }

    package mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= self.next {
            self.next = min(max(self.next * 2, Self.minimum), Self.maximum)
        } else {
            self.next = Self.minimum
        }
        // "May grow" makes the channel ask for a new buffer each time.
        return true
    }

    package func nextBufferSize() -> Int? { nil }
}
