import Foundation
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import AWSLambda

@Suite(.timeLimit(.minutes(1)), .serialized)
struct LambdaRuntimeTests {
    private struct Broken: Error, CustomStringConvertible { var description: String { "it is \"broken\"\n" } }

    @Test func anEventIsHandledAndTheNextAskedForOnTheSameConnection() async throws {
        let error = try await serving(ClosureHandler { event, _ in event.reversed() }) { api in
            for number in 1...3 {
                let next = try await api.next()
                #expect(next.connection == 1)
                #expect(next.headers["Host"] == ["127.0.0.1:\(api.port)"])
                next.invoke("id-\(number)", event: "abc\(number)")
                let answer = try await api.call()
                #expect(answer.method == .POST)
                #expect(answer.path == "/2018-06-01/runtime/invocation/id-\(number)/response")
                #expect(answer.headers["Content-Type"] == ["application/json"])
                #expect(answer.text == "\(number)cba")
                answer.reply(202, body: Array("{\"status\":\"OK\"}\n".utf8))
            }
            _ = try await api.next()
        }
        #expect(error == nil)
    }

    @Test func theContextHasWhatTheHeadersSay() async throws {
        let seen = Mutex<[LambdaContext]>([])
        let traces = Mutex<[String?]>([])
        let taskIds = Mutex<[String?]>([])
        let handler = ClosureHandler { event, context in
            seen.withLock { $0.append(context) }
            traces.withLock { $0.append(ProcessInfo.processInfo.environment["_X_AMZN_TRACE_ID"]) }
            taskIds.withLock { $0.append(LambdaInvocation.requestId) }
            return event
        }
        try await serving(handler) { api in
            try await api.next().invoke(
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd", deadline: 4_102_444_800_000,
                [
                    ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"),
                    ("Lambda-Runtime-Client-Context", "{\"client\":{}}"), ("Lambda-Runtime-Cognito-Identity", "{\"identityId\":\"x\"}"),
                    ("Lambda-Runtime-Aws-Tenant-Id", "tenant-1"),
                ])
            try await api.call().reply(202)
            try await api.next().invoke("b", [("Lambda-Runtime-Client-Context", "")])
            try await api.call().reply(202)
            _ = try await api.next()
        }
        let contexts = seen.withLock { $0 }
        try #require(contexts.count == 2)
        #expect(contexts[0].requestId == "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        #expect(contexts[0].deadline == 4_102_444_800_000)
        #expect(contexts[0].invokedFunctionARN == "arn:aws:lambda:eu-central-1:123456789012:function:chat")
        #expect(contexts[0].traceId == "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
        #expect(contexts[0].clientContext == "{\"client\":{}}")
        #expect(contexts[0].cognitoIdentity == "{\"identityId\":\"x\"}")
        #expect(contexts[0].tenantId == "tenant-1")
        #expect(contexts[0].logger[metadataKey: "requestId"] == "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        #expect(contexts[0].remainingTime > .seconds(60))
        #expect(contexts[1].traceId == nil)
        #expect(contexts[1].clientContext == nil)
        #expect(traces.withLock { $0 } == [contexts[0].traceId, nil])
        #expect(taskIds.withLock { $0 } == ["8476a536-e9f4-11e8-9739-2dfe598c3fcd", "b"])
    }

    @Test func aHandlerThatThrowsFailsTheInvocationAndTheLoopGoesOn() async throws {
        let logs = CapturedLines()
        let handler = ClosureHandler { event, _ in
            if event.isEmpty { throw LambdaFunctionError(type: "Bad Event", message: "empty") }
            throw Broken()
        }
        try await serving(handler, logs: logs) { api in
            try await api.next().invoke("a", event: "x")
            let first = try await api.call()
            #expect(first.path == "/2018-06-01/runtime/invocation/a/error")
            #expect(first.headers["Lambda-Runtime-Function-Error-Type"] == ["Broken"])
            let report = try jsonObject(first.body)
            #expect(report["errorType"] as? String == "Broken")
            #expect(report["errorMessage"] as? String == "it is \"broken\"\n")
            #expect((report["stackTrace"] as? [String]) == [])
            first.reply(202)
            try await api.next().invoke("b", event: "")
            let second = try await api.call()
            #expect(second.path == "/2018-06-01/runtime/invocation/b/error")
            #expect(second.headers["Lambda-Runtime-Function-Error-Type"] == ["Bad_Event"])
            #expect(try jsonObject(second.body)["errorType"] as? String == "Bad Event")
            second.reply(202)
            _ = try await api.next()
        }
        let line = try jsonObject(try #require(logs.lines.first))
        #expect(line["level"] as? String == "ERROR")
        #expect(line["requestId"] as? String == "a")
    }

    @Test func anAnswerThatIsTooLargeIsReportedInstead() async throws {
        try await serving(ClosureHandler { _, _ in [UInt8](repeating: 0x20, count: 101) }, configuration: { $0.maximumResponseBytes = 100 })
        { api in
            try await api.next().invoke("a")
            let report = try await api.call()
            #expect(report.path == "/2018-06-01/runtime/invocation/a/error")
            #expect(try jsonObject(report.body)["errorType"] as? String == "Function.ResponseSizeTooLarge")
            report.reply(202)
            _ = try await api.next()
        }
    }

    @Test(arguments: [false, true]) func anEventOfSixMegabytesIsReadAndAnswered(chunked: Bool) async throws {
        let event = String(repeating: "0123456789abcdef", count: 6 * 1024 * 1024 / 16)
        try await serving { api in
            try await api.next().invoke("big", event: event, chunked: chunked)
            let answer = try await api.call()
            #expect(answer.path == "/2018-06-01/runtime/invocation/big/response")
            #expect(answer.text == event)
            answer.reply(202)
            _ = try await api.next()
        }
    }

    @Test func anEventThatIsTooLargeFailsItsInvocation() async throws {
        try await serving(configuration: { $0.maximumEventBytes = 1000 }) { api in
            try await api.next().invoke("big", event: String(repeating: "x", count: 1001))
            let report = try await api.call()
            #expect(report.connection == 2)
            #expect(report.path == "/2018-06-01/runtime/invocation/big/error")
            #expect(try jsonObject(report.body)["errorType"] as? String == "Runtime.EventTooLarge")
            report.reply(202)
            _ = try await api.next()
        }
    }

    /// One that waits, and one that keeps its thread, and with it the event loop, busy.
    @Test(arguments: [false, true]) func aHandlerIsCancelledBeforeItsDeadline(isBusy: Bool) async throws {
        let handler = ClosureHandler { event, context in
            while isBusy { try Task.checkCancellation() }
            try await Task.sleep(for: .seconds(3600))
            return event
        }
        try await serving(handler) { api in
            let deadline = WallClock.milliseconds() + 500
            try await api.next().invoke("slow", deadline: deadline)
            let report = try await api.call()
            #expect(WallClock.milliseconds() >= deadline - 100)
            #expect(report.path == "/2018-06-01/runtime/invocation/slow/error")
            #expect(try jsonObject(report.body)["errorType"] as? String == "Runtime.DeadlineExceeded")
            report.reply(202)
            _ = try await api.next()
        }
    }

    @Test func aHandlerThatCannotBeMadeIsReported() async throws {
        let error = try await servingMade({ _ -> ClosureHandler in throw Broken() }, stops: false) { api in
            let report = try await api.call()
            #expect(report.path == "/2018-06-01/runtime/init/error")
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == ["Broken"])
            #expect(try jsonObject(report.body)["errorMessage"] as? String == "it is \"broken\"\n")
            report.reply(202)
        }
        #expect(error?.code == .initFailed)
        #expect(error?.underlying is Broken)
    }

    @Test func theMakerOfAHandlerIsGivenTheEnvironment() async throws {
        try await servingMade({ environment in ClosureHandler { _, _ in Array((environment["AWS_LAMBDA_RUNTIME_API"] ?? "").utf8) } }) {
            api in
            try await api.next().invoke("a")
            let answer = try await api.call()
            #expect(answer.text == "127.0.0.1:\(api.port)")
            answer.reply(202)
            _ = try await api.next()
        }
    }

    @Test(arguments: ["", "localhost", "localhost:", ":80", "localhost:99999", "localhost:0", "a b:80", "::1:80", "[::1:80", "x/y:80"])
    func anAddressThatIsNone(text: String) {
        let error = #expect(throws: LambdaRuntimeError.self) { try LambdaRuntime(environment: ["AWS_LAMBDA_RUNTIME_API": text]) }
        #expect(error?.code == .notOnLambda)
    }

    @Test func withoutAnAddressItIsNotLambda() {
        let error = #expect(throws: LambdaRuntimeError.self) { try LambdaRuntime(environment: [:]) }
        #expect(error?.code == .notOnLambda)
        #expect(RuntimeAPIAddress("[::1]:80")?.description == "[::1]:80")
        #expect(RuntimeAPIAddress("[::1]:80")?.host == "::1")
    }
}
