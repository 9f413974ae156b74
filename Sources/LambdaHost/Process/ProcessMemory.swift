#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The most memory that a process has had at one time.
enum ProcessMemory {
    /// MiB, rounded up; nil if the process is gone or the system does not tell, as outside Linux.
    static func peak(of process: Int32) -> Int? {
        #if os(Linux)
        let descriptor = open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        let text = String(unsafeUninitializedCapacity: 4096) { max(0, read(descriptor, $0.baseAddress, $0.count)) }
        return Self.peak(inStatus: text)
        #else
        return nil
        #endif
    }

    /// Reads the `VmHWM:    1234 kB` of `/proc/PID/status`.
    static func peak(inStatus text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
        let digits = line.filter { $0.isASCII && $0.isNumber }
        return Int(digits).map { ($0 + 1023) / 1024 }
    }
}
