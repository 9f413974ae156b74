import Foundation
import LambdaHost
import Testing

/// How processes are shared by calls, over their life.
struct PoolTests {
    @Test func aWarmProcessIsUsedAgain() async throws {
        try await withHost(["f": ScriptedRuntime.function(concurrency: 4)]) { host, _ in
            let first = await host.text(#"{"do":"pid"}"#)
            for _ in 0..<20 { #expect(await host.text(#"{"do":"pid"}"#) == first) }
        }
    }

    @Test func callsRunAtTheSameTimeInProcessesOfTheirOwn() async throws {
        try await withPipes(2) { pipes in
            try await withHost(["f": ScriptedRuntime.function(concurrency: 2)]) { host, log in
                async let first = host.invoke("f", #"{"do":"wait","path":"\#(pipes[0])","print":"one"}"#)
                async let second = host.invoke("f", #"{"do":"wait","path":"\#(pipes[1])","print":"two"}"#)
                let one = await log.line(startingWith: "one")
                let two = await log.line(startingWith: "two")
                #expect(one.process != two.process && one.requestId != two.requestId)
                for pipe in pipes { try release(pipe) }
                #expect(await first.text != nil)
                #expect(await second.text != nil)
            }
        }
    }

    @Test func callsWaitInOrderAndAreThrottledWhenTooManyDo() async throws {
        try await withPipes(1) { pipes in
            try await withHost(["f": ScriptedRuntime.function(queue: 2)]) { host, log in
                async let running = host.invoke("f", #"{"do":"wait","path":"\#(pipes[0])","print":"running"}"#)
                _ = await log.line(startingWith: "running")
                // Children of one task start in any order, but two of them wait, whichever, and all others are throttled.
                let outcomes = await withTaskGroup(of: LambdaOutcome.self) { group in
                    for number in 0..<5 { group.addTask { await host.invoke("f", #"{"number":\#(number)}"#) } }
                    var outcomes: [LambdaOutcome] = []
                    for await outcome in group {
                        outcomes.append(outcome)
                        if outcomes.count == 3 { try? release(pipes[0]) }
                    }
                    return outcomes
                }
                #expect(outcomes.prefix(3) == [.throttled, .throttled, .throttled])
                #expect(outcomes.suffix(2).allSatisfy { $0.text != nil })
                #expect(await running.text != nil)
                #expect(Set(log.lines.map(\.process)).count == 1)
            }
        }
    }

    @Test func aProcessThatLeavesAfterItsAnswerIsReplacedUnnoticed() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, _ in
            for _ in 0..<5 { #expect(await host.text(#"{"do":"leave"}"#) == #"{"do":"leave"}"#) }
        }
    }

    @Test func anIdleProcessIsEndedAfterATime() async throws {
        var function = ScriptedRuntime.function()
        function.minimumProcesses = 0
        function.idleTimeout = .milliseconds(50)
        try await withHost(["f": function]) { host, log in
            let process = try #require(await Int32(host.text(#"{"do":"pid"}"#)))
            try await expectGone(process)
            #expect(Int32(await host.text(#"{"do":"pid"}"#)) != process)
        }
    }

    @Test func aFunctionGetsItsOwnEnvironmentAndDirectory() async throws {
        var function = ScriptedRuntime.function()
        function.workingDirectory = "/usr"
        function.environment = ["TABLE": "Connections"]
        try await withHost(["f": function]) { host, _ in
            let text = await host.text(#"{"do":"environment"}"#)
            let environment = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
            #expect(environment["TABLE"] == "Connections")
            #expect(environment["LAMBDA_TASK_ROOT"] == "/usr")
            #expect(environment["SECRET_OF_THE_HOST"] == nil)
            #expect(environment["AWS_LAMBDA_RUNTIME_API"]?.hasPrefix("127.0.0.1:") == true)
            #expect(await host.text(#"{"do":"directory"}"#) == "/usr")
        }
    }

    @Test func aCallIsLoggedAsOnCloudWatch() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, log in
            _ = await host.invoke("f", #"{"print":"hello"}"#)
            let report = await log.line(startingWith: "REPORT")
            let id = try #require(report.requestId)
            #expect(log.texts.prefix(3) == ["START RequestId: \(id) Version: $LATEST", "hello", "END RequestId: \(id)"])
            #expect(
                report.text.wholeMatch(
                    of:
                        /REPORT RequestId: [-0-9a-f]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms/
                ) != nil)
            #expect(log.lines.first { $0.text == "hello" }?.source == .function)
        }
    }

    @Test func linesThatNeverEndAreCut() async throws {
        let long = String(repeating: "z", count: 2500)
        try await withHost(["f": ScriptedRuntime.function()], configure: { $0.maximumLineBytes = 1000 }) { host, log in
            _ = await host.invoke("f", #"{"print":"\#(long)"}"#)
            _ = await log.line(startingWith: "REPORT")
            #expect(log.lines.filter { $0.source == .function }.map(\.text.count) == [1000, 1000, 500])
        }
    }
}
