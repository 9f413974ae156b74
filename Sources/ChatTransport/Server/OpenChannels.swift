import NIOCore
import Synchronization

/// The connections of a server, so that it can cut those that do not end by themselves.
final class OpenChannels: Sendable {
    /// Nil once they were cut.
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isCut = self.channels.withLock { channels in
            channels?[id] = channel
            return channels == nil
        }
        if isCut { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { _ = $0?.removeValue(forKey: id) }
        }
    }

    /// Closes all of them, and whatever may still be added.
    func cut() {
        let channels = self.channels.withLock { channels in
            defer { channels = nil }
            return channels ?? [:]
        }
        for channel in channels.values { channel.close(promise: nil) }
    }
}
