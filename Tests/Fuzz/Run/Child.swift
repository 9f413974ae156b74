#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A case that may crash, run in a process of its own.
enum Child {
    /// - Returns: whether the case breaks a rule, crashes or hangs.
    static func fails(_ bytes: [UInt8]) -> Bool {
        let program = CommandLine.arguments[0]
        let arguments = [program, "--replay", Hex.encode(bytes)]
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        // The toolchain's own report of a crash takes longer than the case.
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("SWIFT_BACKTRACE=enable=no"), strdup("ASAN_OPTIONS=detect_leaks=0"), nil]
        defer { for pointer in environment { free(pointer) } }
        var process = pid_t()
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor: CInt in [1, 2] { posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_WRONLY, 0) }
        guard posix_spawn(&process, program, &files, nil, &pointers, &environment) == 0 else { fatalError("\(program) cannot be run") }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status != 0
    }
}
