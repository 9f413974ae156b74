import APIGatewayDefinition
import ChatProtocol
import ChatTransport
import HTTPTypes
import LambdaHost
import NIOCore
import Testing

@testable import APIGateway

@Suite struct ConnectionEndTests {
    private static let routes: [String: RouteDefinition] = [
        "$connect": .init(function: "connect"), "$default": .init(function: "f"), "$disconnect": .init(function: "disconnect"),
    ]

    private func end(_ test: TestAPI) async -> String {
        let call = await test.invoker.next("disconnect")
        guard case .number(let code)? = call["requestContext", "disconnectStatusCode"] else { return "no code" }
        return "\(code) \(call["requestContext", "disconnectReason"]?.string ?? "no reason")"
    }

    @Test func closedByTheClient() async throws {
        try await TestAPI.with(.sample(routes: Self.routes)) { test in
            try await test.connect { try await $0.close(.noStatusReceived) }
            #expect(await self.end(test) == "1005 Client-side close frame status not set")
            try await test.connect { try await $0.close(WebSocketCloseCode(rawValue: 4000), reason: "bye") }
            #expect(await self.end(test) == "4000 bye")
            try await test.connect { _ in }
            #expect(await self.end(test) == "1000 ")
            #expect(test.api.connectionCount == 0)
        }
    }

    @Test func idle() async throws {
        var definition = APIDefinition.sample(routes: Self.routes)
        definition.quotas.idleTimeout = .milliseconds(50)
        try await TestAPI.with(definition) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                let end = try await messages.next()
                #expect(end == nil)
                #expect(await connection.closure == WebSocketClosure(code: .goingAway, reason: "Going away"))
            }
            #expect(await self.end(test) == "1001 Going away")
        }
    }

    @Test func tooOld() async throws {
        var definition = APIDefinition.sample(routes: Self.routes)
        definition.quotas.connectionLifetime = .milliseconds(50)
        try await TestAPI.with(definition) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                let end = try await messages.next()
                #expect(end == nil)
            }
            #expect(await self.end(test) == "1001 Going away")
        }
    }

    @Test func shutDown() async throws {
        try await TestAPI.with(.sample(routes: Self.routes)) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                _ = await test.invoker.next("connect")
                async let isDown: Void = test.api.shutDown()
                let end = try await messages.next()
                #expect(end == nil)
                #expect(await connection.closure.code == .goingAway)
                await isDown
                // It has waited for `$disconnect`.
                #expect(test.invoker.count("disconnect") == 1)
            }
            await #expect(throws: WebSocketError.self) { try await test.connect { _ in } }
        }
    }

    // MARK: @connections

    @Test func management() async throws {
        try await TestAPI.with(.sample(routes: Self.routes)) { test in
            var id = ""
            try await test.connect(headers: [.userAgent: "test"]) { connection in
                var messages = connection.messages.makeAsyncIterator()
                // The connection is open once something has come by it.
                try await connection.send("x")
                id = await test.invoker.next("f")["requestContext", "connectionId"]?.string ?? ""
                #expect(await test.manage(.post, id, body: "hé").response.status == .ok)
                #expect(try await messages.text() == "hé")
                let status = await test.manage(.get, id)
                #expect(status.response.status == .ok)
                #expect(JSONValue(status.body)?["identity"] == .object(["sourceIp": .string("127.0.0.1"), "userAgent": .string("test")]))
                #expect(JSONValue(status.body)?["connectedAt"]?.string.flatMap { Timestamp($0) } != nil)
                #expect(await test.manage(.post, id, body: "x", key: .connectHandler).response.status == .forbidden)
                #expect(await test.manage(.delete, id, key: .connectHandler).response.status == .forbidden)
                #expect(await test.manage(.delete, id).response.status == .noContent)
                let end = try await messages.next()
                #expect(end == nil)
                #expect(await connection.closure == WebSocketClosure(code: .normalClosure, reason: "Connection Closed Normally"))
            }
            #expect(await self.end(test) == "1000 Connection Closed Normally")
            for method in [HTTPRequest.Method.post, .get, .delete] {
                let gone = await test.manage(method, id)
                #expect(gone.response.status == .gone)
                #expect(gone.response.headerFields[HTTPField.Name("x-amzn-ErrorType")!] == "GoneException")
            }
        }
    }

    @Test func postsFromWithinTheFunctionKeepTheirOrder() async throws {
        try await TestAPI.with(.sample(routes: Self.routes)) { test in
            try await test.connect { connection in
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send("x")
                let id = await test.invoker.next("f")["requestContext", "connectionId"]?.string ?? ""
                for number in 0..<20 { #expect(await test.manage(.post, id, body: String(number)).response.status == .ok) }
                for number in 0..<20 { #expect(try await messages.text() == String(number)) }
            }
        }
    }

    @Test func aClientThatDoesNotReadIs429AndStays() async throws {
        try await TestAPI.with(.sample(routes: Self.routes), configure: { $0.maximumUnsentBytes = 256 * 1024 }) { test in
            try await test.connect { connection in
                try await connection.send("x")
                let id = await test.invoker.next("f")["requestContext", "connectionId"]?.string ?? ""
                let body = String(repeating: "x", count: 100_000)
                var sent = 0
                var refused: (response: HTTPResponse, body: [UInt8])?
                while refused == nil, sent < 2000 {
                    let answer = await test.manage(.post, id, body: body)
                    if answer.response.status == .ok { sent += 1 } else { refused = answer }
                }
                #expect(refused?.response.status == .tooManyRequests)
                #expect(refused?.response.headerFields[HTTPField.Name("x-amzn-ErrorType")!] == "LimitExceededException")
                var received = 0
                var messages = connection.messages.makeAsyncIterator()
                while received < sent, let text = try await messages.text() {
                    #expect(text.utf8.count == 100_000)
                    received += 1
                }
                #expect(received == sent)
                #expect(await test.manage(.post, id, body: "again").response.status == .ok)
                #expect(try await messages.text() == "again")
            }
        }
    }
}
