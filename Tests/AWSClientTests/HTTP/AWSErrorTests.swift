import ChatProtocol
import HTTPTypes
import Testing

@testable import AWSClient

struct AWSErrorTests {
    private static func error(_ status: Int, _ body: String, type: String? = nil) -> AWSError {
        var headers: HTTPFields = [.amznRequestId: "r-1", .date: "Tue, 24 Nov 2026 06:32:31 GMT"]
        headers[.amznErrorType] = type
        return AWSError(AWSHTTPResponse(status: .init(code: status), headers: headers, body: Array(body.utf8)))
    }

    @Test(
        "The name and the words of an error",
        arguments: [
            (
                ##"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"}"##, nil,
                "ConditionalCheckFailedException", "no"
            ),
            (##"{"__type":"ThrottlingException","Message":"slow"}"##, nil, "ThrottlingException", "slow"),
            (##"{"code":"InvalidThing","message":7}"##, nil, "InvalidThing", "the service answered with status 400"),
            ("", "GoneException", "GoneException", "the service answered with status 400"),
            (##"{"message":"m"}"##, "GoneException:http://internal.amazon.com/x/", "GoneException", "m"),
            ("<html>", nil, "unnamed", "the service answered with status 400"),
            ("[]", nil, "unnamed", "the service answered with status 400"),
            (##"{"__type":"bad name\n"}"##, nil, "unnamed", "the service answered with status 400"),
            (##"{"__type":"#"}"##, nil, "unnamed", "the service answered with status 400"),
        ] as [(String, String?, String, String)])
    func names(body: String, type: String?, code: String, message: String) {
        let error = Self.error(400, body, type: type)
        #expect(error.code.name == code)
        #expect(error.message == message)
        #expect(error.status?.code == 400)
        #expect(error.requestId == "r-1")
        #expect(error.serverTime == Timestamp("2026-11-24T06:32:31Z"))
        #expect(error.body == Array(body.utf8))
    }

    @Test("A long message is cut, and the body is not described")
    func bounded() {
        let error = Self.error(500, #"{"message":"\#(String(repeating: "x", count: 5000))","secret":"hunter2"}"#)
        #expect(error.message.count == 1024)
        #expect(!error.description.contains("hunter2"))
    }

    @Test(
        "HTTP dates",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"), ("Sat, 29 Feb 2020 00:00:00 GMT", "2020-02-29T00:00:00Z"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 31 Feb 2020 00:00:00 GMT", nil),
            ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("", nil), ("Sun, 06 Nov 1994 08:49:37 GMTx", nil),
        ] as [(String, String?)])
    func httpDates(text: String, expected: String?) {
        #expect(HTTPDate.timestamp(text) == expected.flatMap { Timestamp($0) })
    }
}
