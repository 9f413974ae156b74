import APIGatewayDefinition
import ChatTransport
import HTTPTypes
import LambdaHost
import NIOCore
import Testing

@testable import APIGateway

@Suite struct ConnectTests {
    private static let connect: [String: RouteDefinition] = ["$connect": .init(function: "connect")]

    @Test(
        arguments: [
            (#"{"statusCode":200}"#, nil), (#"{"statusCode":201}"#, nil), (#"{"statusCode":301}"#, 301), (#"{"statusCode":401}"#, 401),
            (#"{"statusCode":501}"#, 501), ("{}", 502),
        ] as [(String, Int?)])
    func status(answer: String, refusal: Int?) async throws {
        try await TestAPI.with(.sample(routes: Self.connect), ["connect": { _ in .answer(answer) }]) { test in
            try await test.expectRefusal(refusal)
        }
    }

    @Test func throwingIs502AndSlowIs504() async throws {
        let gate = TestGate()
        var routes = Self.connect
        routes["$connect"]?.integrationTimeout = .milliseconds(50)
        let functions: [String: FakeInvoker.Function] = [
            "connect": { call in
                if call["queryStringParameters", "slow"] != nil { await gate.wait() }
                return .functionError(type: "E", message: "secret")
            }
        ]
        try await TestAPI.with(.sample(routes: routes), functions) { test in
            try await test.expectRefusal(502)
            try await test.expectRefusal(504, "/prod?slow=1")
            gate.open()
        }
    }

    @Test func eventOfTheHandshake() async throws {
        try await TestAPI.with(.sample(routes: Self.connect)) { test in
            try await test.connect("/prod/?name=a%20b", headers: [.userAgent: "test", HTTPField.Name("X-CaSe")!: "v"]) { _ in }
            let call = await test.invoker.next("connect")
            #expect(call["queryStringParameters", "name"] == .string("a b"))
            #expect(call["headers", "X-CaSe"] == .string("v"))
            #expect(call["headers", "X-Forwarded-For"] == .string("127.0.0.1"))
            #expect(call["headers", "X-Forwarded-Port"] == .string(String(test.server.localAddress.port ?? 0)))
            #expect(call["headers", "X-Amzn-Trace-Id"]?.string == call.traceId)
            #expect(call["headers", "Upgrade"] == nil && call["headers", "upgrade"] == nil)
            #expect(call["requestContext", "identity", "userAgent"] == .string("test"))
            #expect(call["requestContext", "identity", "sourceIp"] == .string("127.0.0.1"))
            #expect(call["requestContext", "domainName"] == .string("localhost:8443"))
            let id = call["requestContext", "connectionId"]?.string ?? ""
            #expect(GatewayIdentifier.isWellFormed(id))
        }
    }

    @Test func subprotocolIsTheFunctions() async throws {
        let functions: [String: FakeInvoker.Function] = [
            "connect": { call in
                let wanted = call["queryStringParameters", "p"]?.string ?? ""
                return .answer(#"{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"\#(wanted)"}}"#)
            }
        ]
        try await TestAPI.with(.sample(routes: Self.connect), functions) { test in
            try await test.connect("/prod?p=two", subprotocols: ["one", "two"]) { #expect($0.subprotocol == "two") }
            try await test.connect("/prod?p=three", subprotocols: ["one", "two"]) { #expect($0.subprotocol == nil) }
            let call = await test.invoker.next("connect")
            #expect(call["headers", "Sec-WebSocket-Protocol"] == .string("one, two"))
        }
    }

    @Test func pathsAndLimits() async throws {
        var definition = APIDefinition.sample()
        definition.quotas.connectsPerSecond = 2
        try await TestAPI.with(definition) { test in
            try await test.expectRefusal(404, "/other")
            try await test.expectRefusal(404, "/")
            try await test.expectRefusal(414, "/prod?" + String(repeating: "a", count: 4091))
            try await test.expectRefusal(nil, "/prod?" + String(repeating: "a", count: 4090))
            try await test.expectRefusal(nil, "/prod/")
            try await test.expectRefusal(429)
        }
    }

    @Test func everyRefusalIsInTheAccessLog() async throws {
        var definition = APIDefinition.sample()
        definition.quotas.connectsPerSecond = 1
        definition.accessLogFormat =
            "$context.eventType $context.stage $context.routeKey $context.status $context.error.message $context.identity.sourceIp "
            + "$context.identity.userAgent"
        try await TestAPI.with(definition) { test in
            func line(_ path: String = "/prod", query: String = "") async -> String {
                let request = WebSocketUpgradeRequest(
                    path: path, query: query, headers: [.userAgent: "browser"], remoteAddress: "10.0.0.1")
                _ = await test.api.answer(request)
                return await test.accessLog.next()
            }
            #expect(await line("/other") == "CONNECT - - 404 Not Found 10.0.0.1 browser")
            let long = String(repeating: "a", count: 4091)
            #expect(await line(query: long) == "CONNECT prod $connect 414 URI Too Long 10.0.0.1 browser")
            #expect(await line() == "CONNECT prod $connect 200 - 10.0.0.1 browser")
            #expect(await line() == "CONNECT prod $connect 429 Too Many Requests 10.0.0.1 browser")
            test.api.life.beginShutDown()
            #expect(await line() == "CONNECT prod $connect 503 Service Unavailable 10.0.0.1 browser")
        }
    }

    // MARK: Authorizer

    private static func policy(_ effect: String) -> String {
        #"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","#
            + #""Effect":"\#(effect)","Resource":"*"}]},"context":{"tenant":"t"}}"#
    }

    @Test func authorizer() async throws {
        var definition = APIDefinition.sample(routes: [
            "$connect": .init(function: "connect", requiresAuthorizer: true), "$disconnect": .init(function: "disconnect"),
            "$default": .init(function: "message"),
        ])
        definition.authorizer = AuthorizerDefinition(function: "authorizer", identitySources: ["route.request.querystring.token"])
        let functions: [String: FakeInvoker.Function] = [
            "authorizer": { call in
                switch call["queryStringParameters", "token"]?.string {
                case "good": .answer(Self.policy("Allow"))
                case "bad": .answer(Self.policy("Deny"))
                case "none": .functionError(type: "Exception", message: "Unauthorized")
                default: .functionError(type: "Exception", message: "other")
                }
            }
        ]
        try await TestAPI.with(definition, functions) { test in
            try await test.expectRefusal(401)
            try await test.expectRefusal(401, "/prod?token=")
            #expect(test.invoker.count("authorizer") == 0)
            try await test.expectRefusal(403, "/prod?token=bad")
            try await test.expectRefusal(401, "/prod?token=none")
            try await test.expectRefusal(500, "/prod?token=odd")
            #expect(test.invoker.count("connect") == 0)
            try await test.connect("/prod?token=good") { connection in
                try await connection.send("hello")
                _ = await test.invoker.next("message")
            }
            for function in ["connect", "disconnect"] {
                let call = await test.invoker.next(function)
                #expect(call["requestContext", "authorizer", "principalId"] == .string("me"))
                #expect(call["requestContext", "authorizer", "tenant"] == .string("t"))
            }
            #expect(await test.invoker.next("authorizer")["methodArn"] == .string("\(definition.stageARN)/$connect"))
        }
    }

    @Test func aMissingAuthorizerLetsNobodyIn() async throws {
        let definition = APIDefinition.sample(routes: ["$connect": .init(function: "connect", requiresAuthorizer: true)])
        try await TestAPI.with(definition) { test in
            try await test.expectRefusal(500)
            #expect(test.invoker.count("connect") == 0)
        }
    }

    @Test func postingToOneselfDuringConnectIsGone() async throws {
        let gate = TestGate()
        let functions: [String: FakeInvoker.Function] = [
            "connect": { _ in
                await gate.wait()
                return .answer(#"{"statusCode":200}"#)
            }
        ]
        try await TestAPI.with(.sample(routes: Self.connect), functions) { test in
            async let connected: Void = test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                let text = try await messages.text()
                #expect(text == "hello")
            }
            let id = await test.invoker.next("connect")["requestContext", "connectionId"]?.string ?? ""
            let during = await test.manage(.post, id, body: "early")
            #expect(during.response.status.code == 410)
            gate.open()
            // The 101 may still be on its way.
            var code = 410
            while code == 410 {
                code = await test.manage(.post, id, body: "hello").response.status.code
                await Task.yield()
            }
            #expect(code == 200)
            try await connected
        }
    }

    @Test func aClientThatLeavesDuringConnectIsDisconnected() async throws {
        let gate = TestGate()
        let functions: [String: FakeInvoker.Function] = [
            "connect": { _ in
                await gate.wait()
                return .answer(#"{"statusCode":200}"#)
            }
        ]
        var routes = Self.connect
        routes["$disconnect"] = .init(function: "disconnect")
        try await TestAPI.with(.sample(routes: routes), functions) { test in
            let client = Task { try await test.connect { _ in } }
            let connect = await test.invoker.next("connect")
            client.cancel()
            _ = await client.result
            while test.server.connectionCount > 0 { await Task.yield() }
            gate.open()
            let disconnect = await test.invoker.next("disconnect")
            #expect(disconnect["requestContext", "connectionId"] == connect["requestContext", "connectionId"])
            #expect(disconnect["requestContext", "disconnectStatusCode"] == .number("1006"))
        }
    }
}
