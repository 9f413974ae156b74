import Glibc

/// How many files, and so connections, this process and those that it starts may have open.
enum OpenFileLimit {
    /// Raises the limit to what the system lets a process choose.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
