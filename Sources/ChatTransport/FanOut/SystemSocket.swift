#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Bionic)
import Bionic
#endif

/// What is done with a socket behind NIO's back.
enum SystemSocket {
    /// Lets several sockets listen on one port.
    static let reusePort = CInt(SO_REUSEPORT)

    #if canImport(Darwin)
    // NIO sets SO_NOSIGPIPE on its sockets there.
    private static let flags = MSG_DONTWAIT
    #else
    private static let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
    #endif

    /// Writes, without waiting.
    ///
    /// - Returns: how many bytes the socket took. Fewer than all, if it is full or broken: whoever then hands the rest to the channel
    ///   learns which.
    static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int {
        var sent = 0
        while sent < bytes.count {
            #if canImport(Darwin)
            let count = Darwin.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, self.flags)
            #elseif canImport(Glibc)
            let count = Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, self.flags)
            #elseif canImport(Musl)
            let count = Musl.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, self.flags)
            #else
            let count = Bionic.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, self.flags)
            #endif
            if count >= 0 {
                sent += count
                // A socket that takes a part is full.
                return sent
            }
            if errno != EINTR { return sent }
        }
        return sent
    }
}
