import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How many threads of this process can run at one time.
public enum AvailableParallelism {
    /// The processors that the process may use: those of the machine, less what its control group and its affinity (`taskset`,
    /// `sched_setaffinity(2)`) keep from it. At least 1.
    ///
    /// `System.coreCount`, by which SwiftNIO sizes its own group, does not know of the affinity. Event loops that share a processor interrupt
    /// each other, and deliver less than one loop would.
    public static var current: Int {
        let count = System.coreCount
        #if canImport(Glibc) || canImport(Musl)
        guard let allowed = self.processStatus().flatMap({ self.allowedProcessors(inStatus: $0) }) else { return max(1, count) }
        return max(1, min(count, allowed))
        #else
        return max(1, count)
        #endif
    }

    /// The bits of `Cpus_allowed` in `/proc/self/status` (proc_pid_status(5)): hexadecimal digits in groups that commas part.
    ///
    /// - Returns: nil if there is no such line, or it says none.
    static func allowedProcessors(inStatus status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
        let count = line.drop { $0 != ":" }.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
        return count > 0 ? count : nil
    }

    #if canImport(Glibc) || canImport(Musl)
    private static func processStatus() -> String? {
        let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // It is about 1.5 KB long, and the system gives it in one piece.
        return withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
        }
    }
    #endif
}
