import Testing

@testable import LambdaHost

struct OrphanGuardTests {
    /// Starts a process that would run for long, and waits for its number.
    private func sleeper() async throws -> (process: Int32, end: Task<ProcessLauncher.End, Never>) {
        let (read, write) = try ProcessLauncher.makePipe()
        // Nobody reads; that the pipe has no reader does not matter to one that writes nothing.
        defer { closeDescriptor(read) }
        let (numbers, number) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        let launcher = ProcessLauncher(command: ["/bin/sleep", "1000"], workingDirectory: "/", environment: [:], output: write)
        let end = Task { await launcher.run { number.yield($0) } }
        var iterator = numbers.makeAsyncIterator()
        return (try #require(await iterator.next()), end)
    }

    @Test func killsWhatItKnowsWhenTheHostIsGone() async throws {
        let orphans = OrphanGuard()
        orphans.start()
        let (first, firstEnd) = try await self.sleeper()
        let (second, secondEnd) = try await self.sleeper()
        let (third, thirdEnd) = try await self.sleeper()
        for process in [first, second, third] { orphans.add(process) }
        // One that has ended is not to be killed again: its number may be another's.
        orphans.remove(second)
        orphans.remove(1)
        // All that the end of the host does as well: the pipe ends.
        await orphans.close()
        #expect(await firstEnd.value == .signalled(ProcessLauncher.forceKill))
        #expect(await thirdEnd.value == .signalled(ProcessLauncher.forceKill))
        ProcessLauncher.send(ProcessLauncher.terminate, toGroup: second)
        #expect(await secondEnd.value == .signalled(ProcessLauncher.terminate))
    }
}
