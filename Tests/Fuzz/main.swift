#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

switch Arguments(Array(CommandLine.arguments.dropFirst())) {
case nil:
    print(Arguments.usage, terminator: "")
    exit(64)
case .run(let arguments): exit(Runner(arguments: arguments).run())
case .replay(let bytes): exit(Runner.replay(bytes))
case .minimize(let bytes): exit(Runner.minimize(bytes))
case .corpus(let folder, let count, let seed): exit(Runner.writeCorpus(folder, count: count, seed: seed))
case .libFuzzer(let arguments): exit(LibFuzzer.run(arguments))
}
