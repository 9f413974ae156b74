import LambdaHost
import NIOCore
import Testing

@testable import APIGateway

@Suite struct OutcomeTests {
    @Test(arguments: [
        (LambdaOutcome.answer(#"{"statusCode":200}"#), ConnectDecision.accept(subprotocol: nil)),
        (.answer(#"{"statusCode":201,"body":"ignored"}"#), .accept(subprotocol: nil)),
        (.answer(#"{"statusCode":"204"}"#), .accept(subprotocol: nil)),
        (.answer(#"{"statusCode":200,"headers":{"sec-websocket-protocol":"chat"}}"#), .accept(subprotocol: "chat")),
        (.answer(#"{"statusCode":200,"headers":null,"body":null}"#), .accept(subprotocol: nil)),
        (.answer(#"{"statusCode":301}"#), .reject(status: 301, failure: nil)),
        (.answer(#"{"statusCode":401}"#), .reject(status: 401, failure: nil)),
        (.answer(#"{"statusCode":501}"#), .reject(status: 501, failure: nil)),
    ])
    func connect(outcome: LambdaOutcome, decision: ConnectDecision) { #expect(ConnectDecision(outcome) == decision) }

    @Test(arguments: [
        (LambdaOutcome.answer("{}"), 502), (.answer("null"), 502), (.answer(#""ok""#), 502), (.answer(""), 502),
        (.answer(#"{"statusCode":101}"#), 502), (.answer(#"{"statusCode":99}"#), 502), (.answer(#"{"statusCode":600}"#), 502),
        (.answer(#"{"statusCode":200.5}"#), 502), (.answer(#"{"statusCode":200,"body":{}}"#), 502),
        (.functionError(type: "E", message: "secret"), 502), (.timedOut, 502), (.failed(reason: "crash"), 502), (.throttled, 502),
        (nil, 504),
    ])
    func connectFails(outcome: LambdaOutcome?, status: Int) {
        guard case .reject(status, let failure?) = ConnectDecision(outcome) else {
            Issue.record("\(ConnectDecision(outcome))")
            return
        }
        #expect(!failure.contains("secret"))
    }

    @Test(arguments: [
        (#"{"statusCode":200,"body":"hi"}"#, true, MessageOutcome.reply("hi".bytes)),
        (#"{"statusCode":500,"body":"hi"}"#, true, .reply("hi".bytes)),
        (#"{"statusCode":200,"body":"aMOp","isBase64Encoded":true}"#, true, .reply("hé".bytes)),
        (#"{"statusCode":200,"body":""}"#, true, .nothing),
        (#"{"statusCode":200}"#, true, .nothing),
        (#"{"statusCode":200,"body":"hi"}"#, false, .nothing),
        // Whatever the status: only a two-way route answers.
        (#"{"statusCode":401,"body":"no"}"#, false, .nothing),
    ])
    func message(answer: String, hasRouteResponse: Bool, expected: MessageOutcome) {
        #expect(MessageOutcome(.answer(answer), hasRouteResponse: hasRouteResponse, maximumBytes: 100) == expected)
    }

    @Test(arguments: [
        LambdaOutcome.answer("{}"), .answer("null"), .answer(#"{"statusCode":200,"body":"/w==","isBase64Encoded":true}"#),
        .answer(#"{"statusCode":200,"body":"a","isBase64Encoded":true}"#), .answer(#"{"statusCode":200,"body":"12345678901"}"#),
        .functionError(type: "E", message: ""), .timedOut, .failed(reason: ""), .throttled,
    ])
    func messageFails(outcome: LambdaOutcome) {
        guard case .error(.internalServerError, _) = MessageOutcome(outcome, hasRouteResponse: true, maximumBytes: 10) else {
            Issue.record("no error")
            return
        }
    }

    @Test func pendingInvocations() {
        var pending = PendingInvocations<String>()
        let start = NIODeadline.uptimeNanoseconds(0)
        let first = pending.begin("a", deadline: start + .seconds(2))
        let second = pending.begin("b", deadline: start + .seconds(1))
        let third = pending.begin("c", deadline: nil)
        #expect(pending.count == 3)
        #expect(pending.earliestDeadline == start + .seconds(1))
        let early = pending.expire(now: start)
        #expect(early.isEmpty)
        let expired = pending.expire(now: start + .seconds(1))
        #expect(expired == ["b"])
        // What comes after the time is up is no answer any more.
        let answers = [second, first, first].map { pending.finish($0) }
        #expect(answers == [nil, "a", nil])
        #expect(pending.earliestDeadline == nil)
        let late = pending.expire(now: start + .hours(1))
        #expect(late.isEmpty)
        let last = pending.finish(third)
        #expect(last == "c")
        _ = pending.begin("d", deadline: start)
        _ = pending.begin("e", deadline: start)
        let both = pending.expire(now: start)
        #expect(both == ["d", "e"])
        #expect(pending.count == 0)
    }
}
