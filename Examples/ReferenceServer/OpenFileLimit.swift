#if canImport(Glibc)
import Glibc

/// How many files, and so connections, this process may have open.
enum OpenFileLimit {
    /// Raises the limit to what the system lets a process choose. Shells often start programs with 1,024.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
#else
/// How many files, and so connections, this process may have open: the system's own default, here.
enum OpenFileLimit {
    static func raise() {}
}
#endif
