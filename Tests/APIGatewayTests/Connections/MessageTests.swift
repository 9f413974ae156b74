import APIGatewayDefinition
import ChatProtocol
import ChatTransport
import LambdaHost
import NIOCore
import Testing

@testable import APIGateway

@Suite struct MessageTests {
    @Test func selectsTheRoute() async throws {
        let routes: [String: RouteDefinition] = ["sendMessage": .init(function: "send"), "$default": .init(function: "other")]
        try await TestAPI.with(.sample(routes: routes)) { test in
            try await test.connect { connection in
                try await connection.send(#"{"action":"sendMessage","message":"hi"}"#)
                let send = await test.invoker.next("send")
                #expect(send["requestContext", "routeKey"] == .string("sendMessage"))
                #expect(send["body"] == .string(#"{"action":"sendMessage","message":"hi"}"#))
                try await connection.send("no JSON")
                let other = await test.invoker.next("other")
                #expect(other["requestContext", "routeKey"] == .string("$default"))
                #expect(other["requestContext", "connectionId"] == send["requestContext", "connectionId"])
                #expect(other["requestContext", "messageId"] != send["requestContext", "messageId"])
                #expect(other["requestContext", "requestId"] != send["requestContext", "requestId"])
                #expect(other.traceId?.hasPrefix("Root=1-") == true)
            }
        }
    }

    private func expectError(_ expected: String, in frame: String?, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let text = try #require(frame, sourceLocation: sourceLocation)
        let json = try #require(JSONValue(text.bytes))
        let (message, connection, request) = (json["message"]?.string, json["connectionId"]?.string, json["requestId"]?.string)
        #expect(
            text == #"{"message": "\#(message ?? "")", "connectionId":"\#(connection ?? "")", "requestId":"\#(request ?? "")"}"#)
        #expect(GatewayIdentifier.isWellFormed(connection ?? "") && GatewayIdentifier.isWellFormed(request ?? ""))
        #expect(message == expected, sourceLocation: sourceLocation)
    }

    @Test func errorFramesAndWhatComesAfter() async throws {
        let gate = TestGate()
        let routes: [String: RouteDefinition] = [
            "fail": .init(function: "fail"), "slow": .init(function: "slow", integrationTimeout: .milliseconds(50)),
            "echo": .init(function: "echo", hasRouteResponse: true), "oneWay": .init(function: "echo"), "bad": .init(function: "bad"),
        ]
        let functions: [String: FakeInvoker.Function] = [
            "fail": { _ in .functionError(type: "E", message: "secret") },
            "slow": { _ in
                await gate.wait()
                return .answer(#"{"statusCode":200}"#)
            },
            "echo": { call in .answer(#"{"statusCode":401,"body":"answer"}"#) },
            "bad": { _ in .answer("null") },
        ]
        try await TestAPI.with(.sample(routes: routes), functions) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send(#"{"action":"nobody"}"#)
                try self.expectError("Forbidden", in: await messages.text())
                try await connection.send(#"{"action":"$connect"}"#)
                try self.expectError("Forbidden", in: await messages.text())
                try await connection.send(#"{"action":"fail"}"#)
                try self.expectError("Internal server error", in: await messages.text())
                try await connection.send(#"{"action":"bad"}"#)
                try self.expectError("Internal server error", in: await messages.text())
                try await connection.send(#"{"action":"slow"}"#)
                try self.expectError("Endpoint request timed out", in: await messages.text())
                gate.open()
                // Whatever its status, a function without a route response says nothing to the client.
                try await connection.send(#"{"action":"oneWay"}"#)
                try await connection.send(#"{"action":"echo"}"#)
                #expect(try await messages.text() == "answer")
            }
        }
    }

    @Test func throttled() async throws {
        var definition = APIDefinition.sample(routes: ["$default": .init(function: "f")])
        definition.quotas.requestsPerSecond = 1
        definition.quotas.burst = 1
        try await TestAPI.with(definition) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                for _ in 0..<3 { try await connection.send("x") }
                try self.expectError("Too Many Requests", in: await messages.text())
            }
        }
    }

    @Test func functionsRunConcurrently() async throws {
        let gate = TestGate()
        let routes: [String: RouteDefinition] = ["$default": .init(function: "f", hasRouteResponse: true)]
        let functions: [String: FakeInvoker.Function] = [
            "f": { call in
                if call["body"] == .string("first") { await gate.wait() }
                return .answer(#"{"statusCode":200,"body":"\#(call["body"]?.string ?? "")"}"#)
            }
        ]
        try await TestAPI.with(.sample(routes: routes), functions) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send("first")
                try await connection.send("second")
                #expect(try await messages.text() == "second")
                gate.open()
                #expect(try await messages.text() == "first")
            }
        }
    }

    @Test func oneAtATimeIsInOrder() async throws {
        let gate = TestGate()
        let routes: [String: RouteDefinition] = ["$default": .init(function: "f", hasRouteResponse: true)]
        let functions: [String: FakeInvoker.Function] = [
            "f": { call in
                if call["body"] == .string("0") { await gate.wait() }
                return .answer(#"{"statusCode":200,"body":"\#(call["body"]?.string ?? "")"}"#)
            }
        ]
        try await TestAPI.with(.sample(routes: routes), functions, configure: { $0.maximumConcurrentMessages = 1 }) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                for number in 0..<50 { try await connection.send(String(number)) }
                _ = await test.invoker.next("f")
                #expect(test.invoker.count("f") == 1)
                gate.open()
                for number in 0..<50 { #expect(try await messages.text() == String(number)) }
            }
        }
    }

    @Test func binaryIs1003() async throws {
        try await TestAPI.with(.sample(routes: ["$default": .init(function: "f")])) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send(WebSocketMessage(.binary, ByteBuffer(bytes: [1])))
                #expect(try await messages.text() == nil)
                #expect(await connection.closure.code == .unsupportedData)
            }
            #expect(test.invoker.count("f") == 0)
        }
    }

    @Test func tooLongIs1009() async throws {
        let routes: [String: RouteDefinition] = ["$default": .init(function: "f"), "$disconnect": .init(function: "d")]
        try await TestAPI.with(.sample(routes: routes)) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send(String(repeating: "x", count: 32_768))
                _ = await test.invoker.next("f")
                try await connection.send(String(repeating: "x", count: 32_769))
                #expect(try await messages.text() == nil)
                #expect(await connection.closure.code == .messageTooBig)
            }
            #expect(await test.invoker.next("d")["requestContext", "disconnectStatusCode"] == .number("1009"))
            #expect(test.invoker.count("f") == 1)
        }
    }

    @Test func accessLog() async throws {
        var definition = APIDefinition.sample(routes: ["a": .init(function: "f"), "$disconnect": .init(function: "d")])
        definition.accessLogFormat =
            "$context.eventType $context.routeKey $context.status $context.error.message $context.integration.status"
        try await TestAPI.with(definition) { test in
            try await test.connect { connection in
                #expect(await test.accessLog.next() == "CONNECT $connect 200 - -")
                try await connection.send(#"{"action":"a"}"#)
                #expect(await test.accessLog.next() == "MESSAGE a 200 - 200")
                try await connection.send(#"{"action":"b"}"#)
                #expect(await test.accessLog.next() == "MESSAGE - 403 Forbidden -")
            }
            #expect(await test.accessLog.next() == "DISCONNECT $disconnect 200 - 200")
            try await test.expectRefusal(404, "/nowhere")
            #expect(await test.accessLog.next() == "CONNECT - 404 Not Found -")
        }
    }
}
