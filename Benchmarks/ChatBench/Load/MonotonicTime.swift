import CEpoll

/// The machine's monotonic clock as a number: a `ContinuousClock` costs several times this, and it is asked at every read.
enum MonotonicTime {
    /// Nanoseconds.
    static func now() -> UInt64 { CEpollMonotonicNanoseconds() }
}
