import Testing

@testable import ChatAWS

struct DynamoDBErrorTests {
    private func error(_ json: String, _ status: Int = 400) -> DynamoDBError { DynamoDBError(status: status, body: Array(json.utf8)) }

    @Test(arguments: [
        (#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"}"#, "no"),
        (#"{"__type":"com.amazon.coral.validate#ConditionalCheckFailedException","Message":"No"}"#, "No"),
        (#"{"__type":"ConditionalCheckFailedException"}"#, ""),
    ])
    func theTypeIsFoundBehindItsNamespace(_ json: String, _ message: String) {
        let error = self.error(json)
        #expect(error.code == .conditionalCheckFailed)
        #expect(error.message == message)
        #expect(!error.isAmbiguous)
        #expect(!error.isTransient)
    }

    @Test func theItemThatWasInTheWayComesAlong() {
        let error = self.error(#"{"__type":"x#ConditionalCheckFailedException","message":"no","Item":{"pk":{"S":"a"}}}"#)
        #expect(error.item == ["pk": .string("a")])
    }

    @Test func aTransactionSaysWhatStoppedIt() {
        let error = self.error(
            """
            {"__type":"x#TransactionCanceledException","Message":"cancelled","CancellationReasons":
             [{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"no","Item":{"pk":{"S":"a"}}},{}]}
            """)
        #expect(error.reasons.map(\.code) == ["None", "ConditionalCheckFailed", "None"])
        #expect(error.reasons[1].item == ["pk": .string("a")])
        #expect(!error.isTransient)
    }

    @Test(arguments: [
        ("TransactionConflict", true), ("ThrottlingError", true), ("ProvisionedThroughputExceeded", true), ("ValidationError", false),
        ("ConditionalCheckFailed", false),
    ])
    func aConflictMayPass(_ code: String, _ isTransient: Bool) {
        let error = self.error(
            #"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"\#(code)"}]}"#)
        #expect(error.isTransient == isTransient)
    }

    @Test(arguments: [
        ("ThrottlingException", 400, true, false), ("ProvisionedThroughputExceededException", 400, true, false),
        ("RequestLimitExceeded", 400, true, false), ("TransactionConflictException", 400, true, false),
        ("TransactionInProgressException", 400, false, true), ("InternalServerError", 500, false, true),
        ("SomethingNew", 503, false, true), ("SomethingNew", 400, false, false), ("ValidationException", 400, false, false),
    ])
    func whatIsNotKnownIsNotTakenForARefusal(_ name: String, _ status: Int, _ isTransient: Bool, _ isAmbiguous: Bool) {
        let error = self.error(#"{"__type":"x#\#(name)","message":""}"#, status)
        #expect(error.isTransient == isTransient)
        #expect(error.isAmbiguous == isAmbiguous)
    }

    @Test(arguments: ["", "<html>", "[]", #"{"message":"x"}"#])
    func anAnswerWithoutATypeIsNone(_ body: String) {
        #expect(self.error(body, 502).code == .internalServerError)
        #expect(self.error(body, 502).isAmbiguous)
        #expect(self.error(body, 400).code == .noAnswer)
    }
}
