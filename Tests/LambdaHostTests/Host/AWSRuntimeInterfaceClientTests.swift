import Foundation
import LambdaHost
import Testing

/// AWS's own Python runtime, unmodified. Run where `LAMBDA_HOST_TEST_PYTHON` is a Python that has `awslambdaric` (PyPI).
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LAMBDA_HOST_TEST_PYTHON"] != nil))
struct AWSRuntimeInterfaceClientTests {
    private static let handler = #"""
        import os
        calls = 0
        print("loaded", flush=True)
        def handler(event, context):
            global calls
            calls += 1
            do = event.get("do")
            if do == "raise": raise KeyError("no such thing")
            if do == "deep": deep(0)
            if do == "big": return "x" * event["bytes"]
            if do == "exit": os._exit(7)
            return {"calls": calls, "id": context.aws_request_id, "arn": context.invoked_function_arn, "name": context.function_name,
                "memory": context.memory_limit_in_mb, "left": context.get_remaining_time_in_millis() > 0, "trace": os.environ.get("_X_AMZN_TRACE_ID"),
                "group": context.log_group_name, "text": event.get("text")}
        def deep(n): deep(n + 1)
        """#

    private struct Answer: Decodable {
        var calls: Int
        var id: String
        var arn: String
        var name: String
        var memory: String
        var left: Bool
        var trace: String?
        var group: String
        var text: String?
    }

    private func withFunction(_ handler: String, _ body: (LambdaHost, LogRecorder) async throws -> Void) async throws {
        let python = try #require(ProcessInfo.processInfo.environment["LAMBDA_HOST_TEST_PYTHON"])
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("lambda-host-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(Self.handler.utf8).write(to: directory.appendingPathComponent("app.py"))
        let function = LambdaFunctionConfiguration(
            command: [python, "-m", "awslambdaric", handler], workingDirectory: directory.path, handler: handler, timeout: .seconds(60),
            memory: 256, concurrency: 1, initTimeout: .seconds(60))
        try await withHost(["f": function], body)
    }

    @Test func runsHandlersThatKnowNothingOfUs() async throws {
        try await self.withFunction("app.handler") { host, log in
            let text = await host.invoke("f", #"{"text":"grüße"}"#, traceId: "Root=1-5-6;Sampled=1").text ?? ""
            let first = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
            #expect(first.calls == 1 && first.text == "grüße" && first.trace == "Root=1-5-6;Sampled=1" && first.left)
            #expect(first.name == "f" && first.memory == "256" && first.group == "/aws/lambda/f" && first.id.count == 36)
            #expect(first.arn == "arn:aws:lambda:us-east-1:123456789012:function:f")
            #expect(await host.text("{}").contains(#""calls": 2"#))
            #expect(await host.invoke("f", #"{"do":"raise"}"#) == .functionError(type: "KeyError", message: "'no such thing'"))
            guard case .functionError("RecursionError", _) = await host.invoke("f", #"{"do":"deep"}"#) else {
                Issue.record("a deep stack is a large header")
                return
            }
            #expect(await host.text("{}").contains(#""calls": 5"#), "one process has served them all")
            #expect(log.texts.contains("loaded"))
        }
    }

    @Test func aLargeAnswerAndACrash() async throws {
        try await self.withFunction("app.handler") { host, _ in
            #expect(await host.invoke("f", #"{"do":"big","bytes":5000000}"#).text?.utf8.count == 5_000_002)
            guard case .failed(let reason) = await host.invoke("f", #"{"do":"big","bytes":7000000}"#) else {
                Issue.record("it is too large")
                return
            }
            #expect(reason.hasPrefix("Response payload size exceeded"))
            #expect(await host.text("{}").contains("calls"))
            #expect(await host.invoke("f", #"{"do":"exit"}"#) == .failed(reason: "Runtime exited with error: exit status 7"))
            #expect(await host.text("{}").contains(#""calls": 1"#))
        }
    }

    @Test func aHandlerThatIsNotThere() async throws {
        try await self.withFunction("missing.handler") { host, _ in
            guard case .failed(let reason) = await host.invoke("f", "{}") else {
                Issue.record("it cannot start")
                return
            }
            #expect(reason.hasPrefix("Init error: Runtime.ImportModuleError: Unable to import module 'missing'"))
        }
    }
}
