import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where whole lines of output go.
public protocol LineOutput: Sendable {
    /// Writes one line, its line feed included, in one piece.
    func write(line: [UInt8])
}

/// Standard output, which Lambda collects line by line for CloudWatch.
///
/// A line is written at once, and two never interleave, even where the system takes them in parts. What cannot be written is dropped:
/// a log is no reason to fail.
public struct StandardOutput: LineOutput {
    /// One for the process, as there is one standard output.
    private static let lock = Mutex(())
    private let descriptor: Int32

    public init() { self.init(descriptor: STDOUT_FILENO) }

    init(descriptor: Int32) { self.descriptor = descriptor }

    public func write(line: [UInt8]) {
        Self.lock.withLock { _ in
            var rest = line[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { systemWrite(self.descriptor, $0.baseAddress, $0.count) }
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    // Somebody made the descriptor non-blocking, and its reader is slow.
                    var waiting = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                    guard poll(&waiting, 1, 1000) > 0 else { return }
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
