import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns SIGTERM into a call, from ``install(_:)`` to ``cancel()``. Of two at once in a process, the later one gets it.
///
/// The signal's handler writes a byte to a pipe, which is all that a signal's handler may do. (Dispatch's own signal sources were tried: on
/// Linux, a second one in a process did not get its signal once the default had been restored.)
struct TerminationSignal {
    private let source: any DispatchSourceRead
    private let previous: (@convention(c) (Int32) -> Void)?

    /// From the moment that this returns, no SIGTERM is lost.
    /// - Returns: `nil`, if the process has no file descriptors left.
    static func install(_ body: @escaping @Sendable () -> Void) -> TerminationSignal? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let (reading, writing) = (ends[0], ends[1])
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
        source.setEventHandler {
            var byte: UInt8 = 0
            if read(reading, &byte, 1) == 1 { body() }
        }
        source.setCancelHandler {
            close(reading)
            close(writing)
        }
        source.activate()
        pipeEnd.store(writing, ordering: .sequentiallyConsistent)
        return TerminationSignal(source: source, previous: signal(SIGTERM, announce))
    }

    /// SIGTERM does again what it did before.
    func cancel() {
        signal(SIGTERM, self.previous ?? SIG_DFL)
        self.source.cancel()
    }
}

/// Where the signal's handler writes. It is set before the handler is installed.
private let pipeEnd = Atomic<Int32>(-1)

private func announce(_ signal: Int32) {
    let before = errno
    var byte: UInt8 = 0
    _ = write(pipeEnd.load(ordering: .relaxed), &byte, 1)
    errno = before
}
