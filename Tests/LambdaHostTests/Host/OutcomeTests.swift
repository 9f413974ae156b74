import Foundation
import LambdaHost
import Testing

/// Every way a call can end, by a runtime that is a process of its own.
struct OutcomeTests {
    @Test func anAnswerComesBackAsItIs() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, _ in
            let event = #"{"text":"grüße \u0000 \"quoted\"", "n" : [1, 2.50]}"#
            #expect(await host.text(event) == event)
            #expect(await host.text("{}") == "{}")
        }
    }

    @Test func aRuntimeGetsTheHeadersOfAnEvent() async throws {
        let before = Date().timeIntervalSince1970 * 1000
        let function = ScriptedRuntime.function(timeout: .seconds(60))
        let configure: (inout LambdaHostConfiguration) -> Void = {
            $0.region = "eu-west-1"
            $0.accountId = "000000000001"
        }
        try await withHost(["f": function], configure: configure) { host, _ in
            let traced = await host.invoke("f", #"{"do":"headers"}"#, traceId: "Root=1-2-3;Sampled=0").text ?? ""
            let headers = try JSONDecoder().decode([String: String].self, from: Data(traced.utf8))
            #expect(headers["content-type"] == "application/json")
            #expect(headers["lambda-runtime-aws-request-id"]?.count == 36)
            #expect(headers["lambda-runtime-invoked-function-arn"] == "arn:aws:lambda:eu-west-1:000000000001:function:f")
            #expect(headers["lambda-runtime-trace-id"] == "Root=1-2-3;Sampled=0")
            let deadline = try #require(headers["lambda-runtime-deadline-ms"].flatMap(Double.init))
            #expect(deadline > before + 59_000 && deadline < Date().timeIntervalSince1970 * 1000 + 61_000)
            let untraced = await host.text(#"{"do":"headers"}"#)
            #expect(!untraced.contains("trace-id"))
        }
    }

    @Test func aFunctionsErrorIsTold() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, _ in
            let outcome = await host.invoke("f", #"{"do":"error","type":"KeyError","message":"'x' is missing"}"#)
            #expect(outcome == .functionError(type: "KeyError", message: "'x' is missing"))
            #expect(await host.text("{}") == "{}", "the process goes on")
        }
    }

    /// awslambdaric puts the stack trace into a header, and takes a header to have up to 1 MiB.
    @Test func anErrorMayHaveALongHeader() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, _ in
            let outcome = await host.invoke("f", #"{"do":"error","type":"T","message":"m","header":1000000}"#)
            #expect(outcome == .functionError(type: "T", message: "m"))
        }
    }

    @Test(arguments: [
        (#"{"do":"exit","code":1}"#, "Runtime exited with error: exit status 1"),
        (#"{"do":"exit","code":0}"#, "Runtime exited without providing a reason"),
        (#"{"do":"signal","signal":11}"#, "Runtime exited with error: signal: segmentation fault"),
        (#"{"do":"signal","signal":9}"#, "Runtime exited with error: signal: killed"),
    ])
    func aCrashFailsItsCallAndTheNextGetsAnotherProcess(event: String, reason: String) async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, log in
            let first = await host.text(#"{"do":"pid"}"#)
            #expect(await host.invoke("f", event) == .failed(reason: reason))
            #expect(log.texts.contains { $0.hasPrefix("RequestId: ") && $0.hasSuffix(" Error: \(reason)") })
            let second = await host.text(#"{"do":"pid"}"#)
            #expect(Int(second) != nil && first != second)
            if event.contains("exit") { #expect(log.texts.contains("going"), "the last line of a crash is kept") }
        }
    }

    @Test func aCallThatTakesTooLongIsKilledWithAllThatItStarted() async throws {
        let function = ScriptedRuntime.function(timeout: .seconds(2))
        try await withHost(["f": function]) { host, log in
            let first = await host.text(#"{"do":"pid"}"#)
            #expect(await host.invoke("f", #"{"do":"hang"}"#) == .timedOut)
            #expect(log.texts.contains { $0.hasSuffix(" Task timed out after 2.00 seconds") })
            let report = await log.line(startingWith: "REPORT")
            #expect(report.source == .platform)
            let child = try #require(await Int32(log.line(startingWith: "child").text.split(separator: " ")[1]))
            #expect(await host.text(#"{"do":"pid"}"#) != first)
            await host.shutdown()
            try await expectGone(child)
        }
    }

    @Test func anAnswerThatIsTooLargeFailsAndTheRuntimeIsTold() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, log in
            let limit = 6 * 1024 * 1024 + 100
            let outcome = await host.invoke("f", #"{"do":"big","bytes":\#(limit + 1)}"#)
            #expect(outcome == .failed(reason: "Response payload size exceeded maximum allowed payload size (6291556 bytes)."))
            #expect(await log.line(startingWith: "answered").text.hasPrefix("answered 413 {\"errorMessage\":\"Exceeded maximum"))
            let largest = await host.invoke("f", #"{"do":"big","bytes":\#(limit)}"#)
            #expect(largest.text?.utf8.count == limit)
        }
    }

    @Test func anEventThatIsTooLargeIsNotHandedOn() async throws {
        try await withHost(["f": ScriptedRuntime.function()], configure: { $0.maximumPayloadBytes = 10 }) { host, _ in
            #expect(await host.invoke("f", "12345678901") == .failed(reason: "the event is over 10 bytes"))
            #expect(await host.text("1234567890").hasPrefix("failed"), "it is no object, so the script crashes")
        }
    }

    @Test func aStreamedAnswerIsGathered() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, _ in
            let text = await host.text(#"{"do":"streaming"}"#)
            #expect(text == "a" + String(repeating: "b", count: 70_000) + "c")
            #expect(await host.invoke("f", #"{"do":"mode"}"#) == .failed(reason: "Invalid function response mode"))
        }
    }

    @Test func thereIsNoSuchFunction() async throws {
        try await withHost(["f": ScriptedRuntime.function()]) { host, log in
            #expect(await host.invoke("g", "{}") == .failed(reason: "there is no function of this name"))
            #expect(log.lines.isEmpty)
        }
    }

    @Test func theRuntimeAPIAnswersAsTheEmulatorDoes() async throws {
        try await withHost(["f": ScriptedRuntime.function("probe")]) { host, log in
            let seen = await host.text(#"{"do":"probe"}"#)
            let requestId = try #require(log.lines.first { $0.text.hasPrefix("START") }?.requestId)
            let invalidId = #""{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n""#
            let transition =
                #""{\"errorMessage\":\"State transition from Running to InitError failed for runtime. Error: State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}\n""#
            #expect(
                seen == #"[[400, \#(invalidId)], [404, "404 page not found\n"], [405, ""], [403, \#(transition)], "#
                    + #"[400, \#(invalidId)], [400, \#(invalidId)], [200, "{\"do\":\"probe\"}", true]]"#)
            #expect(await log.line(startingWith: "accepted").text == #"accepted 202 {"status":"OK"} application/json"#)
            let twice = await log.line(startingWith: "twice")
            #expect(twice.text.hasPrefix("twice 403") && twice.text.contains("RuntimeResponseSentState to InvocationResponse"))
            #expect(twice.requestId == requestId)
        }
    }
}
