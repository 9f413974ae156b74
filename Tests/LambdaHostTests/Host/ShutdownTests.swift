import Foundation
import LambdaHost
import Testing

struct ShutdownTests {
    @Test func letsACallEndAndThenEndsTheProcess() async throws {
        try await withPipes(1) { pipes in
            try await withHost(["f": ScriptedRuntime.function()]) { host, log in
                let process = try #require(await Int32(host.text(#"{"do":"pid"}"#)))
                async let running = host.invoke("f", #"{"do":"wait","path":"\#(pipes[0])","print":"running"}"#)
                _ = await log.line(startingWith: "running")
                async let shutdown: Void = host.shutdown()
                // A call is refused as soon as the shutdown has begun; until then it waits in the queue, and fails with it.
                #expect(await host.invoke("f", "{}") == .failed(reason: "the host is shutting down"))
                try release(pipes[0])
                #expect(await running.text != nil)
                await shutdown
                try await expectGone(process)
            }
        }
    }

    @Test func cutsACallThatTakesTooLong() async throws {
        let function = ScriptedRuntime.function()
        try await withHost(["f": function], configure: { $0.drainTimeout = .milliseconds(50) }) { host, log in
            async let running = host.invoke("f", #"{"do":"hang"}"#)
            let child = try #require(await Int32(log.line(startingWith: "child").text.split(separator: " ")[1]))
            await host.shutdown()
            #expect(await running == .failed(reason: "Runtime exited with error: signal: terminated"))
            try await expectGone(child)
        }
    }

    @Test func killsAProcessThatWillNotEnd() async throws {
        let configure: (inout LambdaHostConfiguration) -> Void = { $0.terminationTimeout = .milliseconds(50) }
        try await withHost(["f": ScriptedRuntime.function("stubborn")], configure: configure) { host, _ in
            let process = try #require(await Int32(host.text(#"{"do":"pid"}"#)))
            await host.shutdown()
            try await expectGone(process)
        }
    }

    @Test func endsAProcessThatIsJustStarting() async throws {
        try await withHost(["f": ScriptedRuntime.function("hang")]) { host, _ in
            async let waiting = host.invoke("f", "{}")
            async let shutdown: Void = host.shutdown()
            #expect(await waiting == .failed(reason: "the host is shutting down"))
            await shutdown
            await host.shutdown()
        }
    }
}
