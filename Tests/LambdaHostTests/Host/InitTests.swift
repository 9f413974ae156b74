import LambdaHost
import Testing

/// Processes that do not get as far as an event.
struct InitTests {
    private func outcome(_ function: LambdaFunctionConfiguration) async throws -> (LambdaOutcome, [String]) {
        try await withHost(["f": function]) { host, log in (await host.invoke("f", "{}"), log.texts) }
    }

    @Test func exits() async throws {
        let (outcome, log) = try await self.outcome(ScriptedRuntime.function("exit", "3"))
        #expect(outcome == .failed(reason: "Runtime exited with error: exit status 3"))
        #expect(log == ["INIT_REPORT Status: error\tError Type: Runtime exited with error: exit status 3"])
    }

    @Test func saysWhy() async throws {
        let (outcome, log) = try await self.outcome(ScriptedRuntime.function("error"))
        #expect(outcome == .failed(reason: "Init error: Init.Broken: no luck"))
        #expect(log == ["INIT_REPORT Status: error\tError Type: Init.Broken"])
    }

    @Test func takesTooLong() async throws {
        let (outcome, log) = try await self.outcome(ScriptedRuntime.function("hang", initTimeout: .milliseconds(200)))
        #expect(outcome == .failed(reason: "Init timed out after 200.00 ms"))
        #expect(log.first?.hasSuffix("Status: timeout") == true)
    }

    @Test(arguments: [["/nowhere/to/be/found"], ["no-such-program-anywhere"], [""], [], ["/etc/passwd"], ["./relative"]])
    func thereIsNoSuchProgram(command: [String]) async throws {
        let (outcome, _) = try await self.outcome(LambdaFunctionConfiguration(command: command))
        guard case .failed(let reason) = outcome else {
            Issue.record("it cannot have started: \(outcome)")
            return
        }
        #expect(reason.hasPrefix("Runtime failed to start: "))
    }

    @Test func aWorkingDirectoryHasToExist() async throws {
        var function = ScriptedRuntime.function()
        function.workingDirectory = "/nowhere/to/be/found"
        let (outcome, _) = try await self.outcome(function)
        guard case .failed(let reason) = outcome else {
            Issue.record("it cannot have started: \(outcome)")
            return
        }
        #expect(reason.hasPrefix("Runtime failed to start: "))
    }

    @Test func aFunctionThatNeverStartsIsPausedInsteadOfStartedForEveryCall() async throws {
        try await withHost(["f": ScriptedRuntime.function("exit", "3")]) { host, log in
            for _ in 0..<20 { _ = await host.invoke("f", "{}") }
            // Each of these takes no time in a pause, and a start takes some: a handful fits in between the pauses, never 20.
            let starts = Set(log.lines.map(\.process)).count
            #expect(starts >= 2 && starts < 10)
            for _ in 0..<100 {
                if case .failed(let reason) = await host.invoke("f", "{}"), reason.hasPrefix("paused after failures: Runtime exited") {
                    return
                }
            }
            Issue.record("no pause")
        }
    }
}
