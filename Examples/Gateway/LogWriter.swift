import Dispatch
import Foundation
import Synchronization

/// Writes lines to a file descriptor in the background, so that event loops go on when whoever reads them is slow.
///
/// What comes within a few milliseconds is one write. At most 1 MiB waits; what comes on top is left out, and a line says how much that was.
final class LogWriter: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var leftOut = 0
        var isScheduled = false
        /// Nobody reads any more.
        var isBroken = false
    }

    private static let maximumBytes = 1 << 20
    private static let delay = DispatchTimeInterval.milliseconds(5)

    private let descriptor: Int32
    private let queue: DispatchQueue
    private let state = Mutex(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
        self.queue = DispatchQueue(label: "log \(descriptor)")
    }

    /// Takes a line, without its end. Any thread; never waits.
    func write(_ line: String) {
        let isFirst = self.state.withLock { state in
            guard !state.isBroken else { return false }
            guard state.bytes.count + line.utf8.count < Self.maximumBytes else {
                state.leftOut += 1
                return false
            }
            state.bytes += line.utf8
            state.bytes.append(UInt8(ascii: "\n"))
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { self.queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    /// Returns when everything that was taken has been written, or nobody has read it for a second.
    func flush() {
        let isDone = DispatchSemaphore(value: 0)
        self.queue.async {
            self.drain()
            isDone.signal()
        }
        _ = isDone.wait(timeout: .now() + 1)
    }

    private func drain() {
        let bytes = self.state.withLock { state in
            var bytes = state.bytes
            if state.leftOut > 0 { bytes += "(\(state.leftOut) lines were left out)\n".utf8 }
            state = State(isBroken: state.isBroken)
            return bytes
        }
        guard self.writeAll(bytes) else { return self.state.withLock { $0.isBroken = true } }
    }

    /// - Returns: false if nobody will ever read it.
    private func writeAll(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(self.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var ready = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
