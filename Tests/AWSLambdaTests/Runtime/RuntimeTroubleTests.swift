import Testing

@testable import AWSLambda

/// A Runtime API that refuses, breaks its connections or is none.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct RuntimeTroubleTests {
    @Test(arguments: [400, 413]) func aReportThatLambdaDoesNotTakeIsNotTheEnd(status: Int) async throws {
        let error = try await serving { api in
            try await api.next().invoke("a")
            try await api.call().reply(status, body: Array("{\"errorType\":\"InvalidRequestID\"}".utf8))
            try await api.next().invoke("b")
            let answer = try await api.call()
            #expect(answer.path.hasSuffix("/b/response"))
            answer.reply(202)
            _ = try await api.next()
        }
        #expect(error == nil)
    }

    @Test(arguments: [(403, LambdaRuntimeError.Code.refused), (500, .failed), (404, .invalidAnswer), (200, .invalidAnswer)])
    func whatTheLoopEndsFor(status: Int, code: LambdaRuntimeError.Code) async throws {
        let onNext = try await serving(stops: false) { api in try await api.next().reply(status) }
        #expect(onNext?.code == code)
        let onResponse = try await serving(stops: false) { api in
            try await api.next().invoke("a")
            try await api.call().reply(status)
        }
        #expect(onResponse?.code == code)
    }

    @Test func aConnectionThatBreaksWhileWaitingIsMadeAnew() async throws {
        try await serving { api in
            for _ in 1...3 { try await api.next().drop() }
            let next = try await api.next()
            #expect(next.connection == 4)
            next.invoke("a", event: "1")
            let answer = try await api.call()
            #expect(answer.text == "1")
            // The same count again: an answer in between has started it anew.
            answer.reply(202)
            for _ in 1...3 { try await api.next().drop() }
            try await api.next().invoke("b")
            try await api.call().reply(202)
            _ = try await api.next()
        }
    }

    @Test func connectionsThatBreakForeverEndTheLoop() async throws {
        let error = try await serving(configuration: { $0.maximumAttempts = 3 }, stops: false) { api in
            for _ in 1...3 { try await api.next().drop() }
        }
        #expect(error?.code == .unreachable)
    }

    @Test func nobodyThereEndsTheLoop() async throws {
        let api = try await FakeRuntimeAPI()
        try await api.close()
        var configuration = LambdaRuntimeConfiguration()
        configuration.stopsOnSIGTERM = false
        configuration.maximumAttempts = 2
        configuration.retryDelay = .milliseconds(1)
        let runtime = try LambdaRuntime(environment: api.environment, configuration: configuration)
        let error = await #expect(throws: LambdaRuntimeError.self) { try await runtime.run(ClosureHandler { event, _ in event }) }
        #expect(error?.code == .unreachable)
    }

    @Test func aReportIsSentAgainOnANewConnection() async throws {
        try await serving { api in
            try await api.next().invoke("a", event: "7")
            let lost = try await api.call()
            try await lost.drop()
            let again = try await api.call()
            #expect(again.connection == 2)
            #expect(again.path == lost.path && again.body == lost.body)
            again.reply(202)
            _ = try await api.next()
        }
    }

    @Test func aRuntimeAPIThatClosesAfterEachAnswerIsFollowed() async throws {
        try await serving { api in
            for number in 0..<3 {
                let next = try await api.next()
                #expect(next.connection == 2 * number + 1)
                next.invoke("a", [("Connection", "close")])
                try await api.call().reply(202, [("Connection", "close")])
            }
            _ = try await api.next()
        }
    }

    @Test(arguments: [
        "no HTTP at all\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ])
    func whatIsNoHTTPEndsTheLoop(raw: String) async throws {
        let error = try await serving(stops: false) { api in try await api.next().reply(raw: raw) }
        #expect(error?.code == .invalidAnswer)
    }

    @Test(arguments: ["", "a/../b", "a b", "a?x", String(repeating: "a", count: 129)])
    func anUnusableRequestIdEndsTheLoop(id: String) async throws {
        let error = try await serving(stops: false) { api in try await api.next().invoke(id) }
        #expect(error?.code == .invalidAnswer)
    }
}
