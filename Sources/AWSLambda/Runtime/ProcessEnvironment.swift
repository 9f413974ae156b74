#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The variables that the runtime itself sets.
///
/// C's environment has no lock that its readers take. It is written only between two invocations, before the handler's task
/// is made; a handler that leaves work behind which reads the environment is at its own risk.
enum ProcessEnvironment {
    static func set(_ name: String, to value: String?) {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
    }
}
