#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The same cases, made by libFuzzer, which watches what they reach.
enum LibFuzzer {
    #if LIBFUZZER
    /// libFuzzer is linked without its `main`, so that one program does both.
    @_silgen_name("LLVMFuzzerRunDriver")
    private static func drive(
        _ argc: UnsafeMutablePointer<CInt>, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    static func run(_ arguments: [String]) -> CInt {
        // Our own handlers say what the case was, and go on to make it smaller.
        let ours = ["segv", "bus", "abrt", "ill", "fpe"].map { "-handle_\($0)=0" }
        let all = [CommandLine.arguments[0]] + ours + ["-timeout=10", "-rss_limit_mb=1024"] + arguments
        var pointers = all.map { strdup($0) } + [nil]
        var count = CInt(all.count)
        CurrentCase.watch(minimizes: true, watchesTime: false)
        return pointers.withUnsafeMutableBufferPointer { buffer in
            var argv = buffer.baseAddress
            return Self.drive(&count, &argv) { bytes, count in
                LibFuzzer.runOne(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
    }

    private static func runOne(_ bytes: [UInt8]) {
        CurrentCase.begin(bytes)
        do throws(Finding) {
            try FuzzTargets.run(bytes)
        } catch {
            // libFuzzer's timer would take the search for a smaller case for a hang.
            alarm(0)
            Runner.report(error, bytes)
            fflush(nil)
            _exit(1)
        }
    }
    #else
    static func run(_ arguments: [String]) -> CInt {
        print("libFuzzer is not linked; see scripts/fuzz")
        return 3
    }
    #endif
}
