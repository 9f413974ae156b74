import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension WirePeer {
    /// Ends the connection as a machine does that knows nothing of it.
    func reset() async throws {
        guard let options = self.channel as? any SocketOptionProvider else { return }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await self.channel.close()
    }
}
