#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs generated cases one after the other, until the time or their number is up or one of them is a finding.
struct Runner {
    let arguments: Arguments.Run

    /// - Returns: the exit status.
    func run() -> CInt {
        print("seed \(self.arguments.seed)")
        // A crash would take it along.
        fflush(nil)
        CurrentCase.watch(minimizes: true)
        let start = ContinuousClock.now
        let end = self.arguments.seconds.map { start + .seconds($0) }
        var random = FuzzRandom(seed: self.arguments.seed)
        var executions = 0
        var counts = Array(repeating: 0, count: FuzzTargets.all.count)
        while executions < self.arguments.executions ?? .max {
            if executions & 0xFF == 0, let end, ContinuousClock.now >= end { break }
            let bytes = FuzzTargets.generate(&random)
            CurrentCase.begin(bytes)
            executions += 1
            counts[Int(bytes[0])] += 1
            do throws(Finding) {
                try FuzzTargets.run(bytes)
            } catch {
                print("seed \(self.arguments.seed), execution \(executions):")
                Self.report(error, bytes)
                return 1
            }
        }
        let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1000
        for (target, count) in zip(FuzzTargets.all, counts) { print("\(target.name): \(count)") }
        print("\(executions) executions, \(Int(Double(executions) / max(seconds, 0.001))) a second, seed \(self.arguments.seed)")
        print("peak memory \(Self.peakMemory) KiB; no findings")
        return 0
    }

    private static var peakMemory: Int {
        var usage = rusage()
        getrusage(.init(0), &usage)
        return Int(usage.ru_maxrss)
    }

    /// Says what the rule is and the smallest case that breaks it.
    static func report(_ finding: Finding, _ bytes: [UInt8]) {
        let minimizer = Minimizer { bytes in
            CurrentCase.begin(bytes)
            do throws(Finding) { try FuzzTargets.run(bytes) } catch { return error.rule == finding.rule }
            return false
        }
        let smallest = minimizer.minimize(bytes)
        var detail = finding.detail
        do throws(Finding) { try FuzzTargets.run(smallest) } catch { detail = error.detail }
        print("\(FuzzTargets.target(of: smallest).name): \(finding.rule)\n\(detail.prefix(4000))")
        print("input: \(Hex.encode(smallest))")
    }

    static func replay(_ bytes: [UInt8]) -> CInt {
        CurrentCase.watch(minimizes: false)
        CurrentCase.begin(bytes)
        do throws(Finding) {
            try FuzzTargets.run(bytes)
            print("\(FuzzTargets.target(of: bytes).name): no finding")
            return 0
        } catch {
            print("\(FuzzTargets.target(of: bytes).name): \(error.rule)\n\(error.detail)")
            return 1
        }
    }

    static func minimize(_ bytes: [UInt8]) -> CInt {
        guard Child.fails(bytes) else {
            print("the case does not fail by itself")
            return 1
        }
        print("minimal input: \(Hex.encode(Minimizer(holds: Child.fails).minimize(bytes)))")
        return 1
    }

    /// Writes cases for libFuzzer to begin with.
    static func writeCorpus(_ folder: String, count: Int, seed: UInt64) -> CInt {
        var random = FuzzRandom(seed: seed)
        for index in 0..<count {
            let bytes = FuzzTargets.generate(&random)
            guard let file = fopen("\(folder)/generated-\(index)", "w") else {
                print("\(folder) cannot be written to")
                return 1
            }
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }
        return 0
    }
}
