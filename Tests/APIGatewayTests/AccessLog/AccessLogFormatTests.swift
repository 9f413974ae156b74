import ChatProtocol
import Testing

@testable import APIGateway

@Suite struct AccessLogFormatTests {
    private static var record: AccessLogRecord {
        var record = AccessLogRecord(
            facts: .sample(
                authorizer: AuthorizerContext(principalId: "p", context: ["tenant-id": .string("t"), "n": .number("1")], latency: 3),
                userAgent: "a\"b\n"),
            eventType: "MESSAGE", routeKey: "sendMessage", requestId: "REQ=", time: Timestamp(millisecondsSinceEpoch: 1_701_245_041_798),
            status: 504)
        record.messageId = "MSG="
        record.errorMessage = "Endpoint request timed out"
        record.errorType = "INTEGRATION_TIMEOUT"
        record.integration = .init(status: 504, latency: 29_000, error: "slow")
        record.authorizer = .init(status: 200, latency: 3, error: nil)
        return record
    }

    @Test(arguments: [
        ("$context.apiId", "aabbccdd"), ("$context.connectedAt", "1701245041796"), ("$context.connectionId", "PJqB0fHsqRcCHlw="),
        ("$context.domainName", "aabbccdd.execute-api.eu-west-1.amazonaws.com"), ("$context.eventType", "MESSAGE"),
        ("$context.extendedRequestId", "REQ="), ("$context.requestId", "REQ="), ("$context.messageId", "MSG="),
        ("$context.requestTime", "29/Nov/2023:08:04:01 +0000"), ("$context.requestTimeEpoch", "1701245041798"),
        ("$context.routeKey", "sendMessage"), ("$context.stage", "production"), ("$context.status", "504"),
        ("$context.error.message", "Endpoint request timed out"), ("$context.error.messageString", "\"Endpoint request timed out\""),
        ("$context.error.responseType", "INTEGRATION_TIMEOUT"), ("$context.error.validationErrorString", "-"),
        ("$context.identity.sourceIp", "123.45.123.45"), ("$context.identity.userAgent", #"a\"b\n"#), ("$context.identity.accountId", "-"),
        ("$context.integration.error", "slow"), ("$context.integration.integrationStatus", "504"),
        ("$context.integration.latency", "29000"),
        ("$context.integration.status", "504"), ("$context.integrationLatency", "29000"), ("$context.integration.requestId", "-"),
        ("$context.authorize.status", "200"), ("$context.authorizer.latency", "3"), ("$context.authorizer.error", "-"),
        ("$context.authorizer.principalId", "p"), ("$context.authorizer.tenant-id", "t"), ("$context.authorizer.n", "1"),
        ("$context.authorizer.none", "-"), ("$context.authenticate.status", "-"), ("$context.waf.status", "-"), ("$context.unknown", "-"),
        ("$context.", "-"), ("$stageVariables.x", "$stageVariables.x"), ("$", "$"), ("$$context.status.", "$504."),
        ("[$context.status-$context.stage]", "[504-production]"), ("", ""), ("{\"id\":\"$context.requestId\"}", #"{"id":"REQ="}"#),
    ])
    func line(format: String, line: String) throws {
        #expect(try #require(AccessLogFormat(format)).line(Self.record) == line)
    }

    @Test func aJSONFormatMakesJSON() throws {
        let format = try #require(AccessLogFormat(#"{"agent":"$context.identity.userAgent","error":$context.error.messageString}"#))
        #expect(JSONValue(format.line(Self.record).bytes)?["agent"] == .string("a\"b\n"))
        #expect(JSONValue(format.line(Self.record).bytes)?["error"] == .string("Endpoint request timed out"))
    }

    @Test func lengthIsLimited() {
        #expect(AccessLogFormat(String(repeating: "x", count: 3072)) != nil)
        #expect(AccessLogFormat(String(repeating: "x", count: 3073)) == nil)
    }
}
