import LambdaHost
import Testing

@testable import APIGateway

@Suite struct AuthorizerResultTests {
    private static let resource = "arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/$connect"

    private func result(_ outcome: LambdaOutcome, maximumBytes: Int? = 8192) -> String {
        switch AuthorizerResult(outcome, resource: Self.resource, maximumBytes: maximumBytes, latency: 1) {
        case .allowed(let context): "allowed \(context.principalId)"
        case .unauthorized: "unauthorized"
        case .denied: "denied"
        case .failed: "failed"
        }
    }

    private static func answer(_ effect: String, _ resource: String, action: String = "execute-api:Invoke") -> String {
        #"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"\#(action)","Effect":"\#(effect)","#
            + #""Resource":"\#(resource)"}]}}"#
    }

    @Test(arguments: [
        (answer("Allow", resource), "allowed me"),
        (answer("Allow", "arn:aws:execute-api:*:*:abcde12345/prod/*"), "allowed me"),
        (answer("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcde1234?/prod/$connect"), "allowed me"),
        (answer("Allow", "*"), "allowed me"),
        (answer("Allow", "*", action: "execute-api:*"), "allowed me"),
        (answer("Deny", resource), "denied"),
        // A resource in the manner of REST has one part too many.
        (answer("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/*/*"), "denied"),
        (answer("Allow", "arn:aws:execute-api:us-east-1:000000000000:other/prod/$connect"), "denied"),
        (answer("Allow", "*", action: "s3:GetObject"), "denied"),
        (answer("Permit", "*"), "failed"),
        ("{}", "failed"),
        ("null", "failed"),
        ("no JSON", "failed"),
        (#"{"principalId":"me"}"#, "failed"),
        (#"{"policyDocument":{"Statement":[]}}"#, "failed"),
        (#"{"principalId":"me","policyDocument":{"Statement":[]}}"#, "denied"),
        (#"{"principalId":"me","policyDocument":"x"}"#, "failed"),
        (#"{"principalId":1,"policyDocument":{"Statement":[]}}"#, "failed"),
    ])
    func answers(json: String, expected: String) {
        #expect(self.result(.answer(json)) == expected)
    }

    @Test func explicitDenyWins() {
        let json = """
            {"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[
            {"Action":["execute-api:Invoke"],"Effect":"Allow","Resource":["*"]},
            {"Action":"execute-api:Invoke","Effect":"Deny","Resource":"\(Self.resource)"}]}}
            """
        #expect(self.result(.answer(json)) == "denied")
    }

    @Test(arguments: [
        (LambdaOutcome.functionError(type: "Exception", message: "Unauthorized"), "unauthorized"),
        (.functionError(type: "Exception", message: "unauthorized"), "failed"),
        (.functionError(type: "Exception", message: "Unauthorized: bad token"), "failed"),
        (.timedOut, "failed"),
        (.failed(reason: "crash"), "failed"),
        (.throttled, "failed"),
    ])
    func failures(outcome: LambdaOutcome, expected: String) {
        #expect(self.result(outcome) == expected)
    }

    @Test func contextIsKept() throws {
        let json = Self.answer("Allow", "*").dropLast() + #","context":{"z":"t","n":1.5,"b":false,"none":null}}"#
        let result = AuthorizerResult(.answer(String(json)), resource: Self.resource, maximumBytes: nil, latency: 7)
        guard case .allowed(let context) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(context.json.text == #"{"principalId":"me","integrationLatency":7,"b":false,"n":1.5,"z":"t"}"#)
        #expect(context.values == ["z": "t", "n": "1.5", "b": "false"])
    }

    @Test(arguments: [#"{"a":[]}"#, #"{"a":{}}"#, "[]", #""x""#])
    func contextOfAnotherShapeFails(context: String) {
        #expect(self.result(.answer(Self.answer("Allow", "*").dropLast() + #","context":\#(context)}"#)) == "failed")
    }

    @Test func sizeIsLimited() {
        let json = Self.answer("Allow", "*")
        let filled = json + String(repeating: " ", count: 8192 - json.utf8.count)
        #expect(self.result(.answer(filled)) == "allowed me")
        #expect(self.result(.answer(filled + " ")) == "failed")
        #expect(self.result(.answer(filled + " "), maximumBytes: nil) == "allowed me")
    }
}
