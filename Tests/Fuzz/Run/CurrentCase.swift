#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The case under way, where a signal handler finds it: a trap in the code under test ends the process.
enum CurrentCase {
    private static let maximumBytes = 1 << 17
    nonisolated(unsafe) private static let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.maximumBytes)
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var number = 0
    /// The number of the case at the timer's last call.
    nonisolated(unsafe) private static var lastNumber = -1
    nonisolated(unsafe) private static let hex = UnsafeMutablePointer<CChar>.allocate(capacity: 2 * Self.maximumBytes + 1)
    nonisolated(unsafe) private static let program = strdup(CommandLine.arguments[0])!
    nonisolated(unsafe) private static let option = strdup("--minimize")!
    nonisolated(unsafe) private static var minimizes = false

    static func begin(_ bytes: [UInt8]) {
        let count = min(bytes.count, self.maximumBytes)
        bytes.withUnsafeBufferPointer { if count > 0 { self.bytes.update(from: $0.baseAddress!, count: count) } }
        self.count = count
        self.number &+= 1
    }

    /// Has a crash reported, and a case that takes longer than ten seconds.
    ///
    /// - Parameter minimizes: whether the process then becomes one that makes the case smaller; else it ends with status 2.
    static func watch(minimizes: Bool, watchesTime: Bool = true) {
        _ = (self.bytes, self.hex, self.program, self.option)
        self.minimizes = minimizes
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] { signal(number) { CurrentCase.report("crashed", signal: $0) } }
        guard watchesTime else { return }
        signal(SIGALRM) { _ in CurrentCase.tick() }
        var interval = itimerval(it_interval: timeval(tv_sec: 10, tv_usec: 0), it_value: timeval(tv_sec: 10, tv_usec: 0))
        setitimer(.init(0), &interval, nil)
    }

    private static func tick() {
        if self.number == self.lastNumber { self.report("hangs", signal: SIGALRM) }
        self.lastNumber = self.number
    }

    /// Calls nothing that a signal handler must not.
    private static func report(_ what: StaticString, signal number: CInt) {
        for index in 0..<self.count {
            let byte = self.bytes[index]
            self.hex[2 * index] = Self.digit(byte >> 4)
            self.hex[2 * index + 1] = Self.digit(byte & 0xF)
        }
        self.hex[2 * self.count] = 0
        guard self.minimizes else { _exit(2) }
        Self.say("the code under test ")
        Self.say(what)
        Self.say("\ninput: ")
        _ = write(2, self.hex, 2 * self.count)
        Self.say("\n")
        var signals = sigset_t()
        sigfillset(&signals)
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<CChar>?.self, capacity: 4) { arguments in
            (arguments[0], arguments[1], arguments[2], arguments[3]) = (self.program, self.option, self.hex, nil)
            _ = execv(self.program, arguments.baseAddress!)
        }
        _exit(1)
    }

    private static func digit(_ nibble: UInt8) -> CChar { CChar(bitPattern: nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }

    private static func say(_ text: StaticString) { _ = write(2, text.utf8Start, text.utf8CodeUnitCount) }
}
