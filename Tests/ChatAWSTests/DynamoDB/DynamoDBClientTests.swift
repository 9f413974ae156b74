import AWSClient
import Foundation
import HTTPTypes
import Testing

@testable import ChatAWS

struct DynamoDBClientTests {
    private func client(_ http: ScriptedHTTPClient) -> DynamoDBClient { DynamoDBClient(.sample(service: "dynamodb", http: http)) }

    @Test func aRequestIsWhatDynamoDBExpects() async throws {
        let http = ScriptedHTTPClient { _, _ in .json(#"{"Item":{"pk":{"S":"a"}}}"#) }
        let item = try await self.client(http).getItem(["pk": .string("a")], from: "T")
        #expect(item == ["pk": .string("a")])
        let request = try #require(http.seen.first)
        #expect(request.method == .post)
        #expect(request.path == "/")
        #expect(request.headers[.contentType] == "application/x-amz-json-1.0")
        #expect(request.headers[HTTPField.Name("X-Amz-Target")!] == "DynamoDB_20120810.GetItem")
        #expect(request.headers[.authorization]?.contains("/eu-central-1/dynamodb/aws4_request") == true)
        #expect(request.json["ConsistentRead"] as? Bool == true)
        #expect(request.json["TableName"] as? String == "T")
    }

    @Test func noItemIsNil() async throws {
        let http = ScriptedHTTPClient { _, _ in .json("{}") }
        #expect(try await self.client(http).getItem(["pk": .string("a")], from: "T") == nil)
    }

    @Test func aQueryGoesFromPageToPage() async throws {
        let http = ScriptedHTTPClient { request, index in
            index < 2
                ? .json(#"{"Items":[{"n":{"N":"\#(index)"}}],"LastEvaluatedKey":{"pk":{"S":"\#(index)"}}}"#)
                : .json(#"{"Items":[{"n":{"N":"2"}}]}"#)
        }
        var found: [Int64] = []
        try await self.client(http).query(DynamoDBQuery("T", DynamoDBExpression("#pk = :pk", names: ["#pk": "pk"]))) { items in
            found += items.compactMap { $0["n"]?.integer }
            return true
        }
        #expect(found == [0, 1, 2])
        let starts = http.seen.map { ($0.json["ExclusiveStartKey"] as? [String: [String: String]])?["pk"]?["S"] }
        #expect(starts == [nil, "0", "1"])
    }

    @Test func aQueryStopsWhenThereIsEnough() async throws {
        let http = ScriptedHTTPClient { _, _ in .json(#"{"Items":[],"LastEvaluatedKey":{"pk":{"S":"a"}}}"#) }
        try await self.client(http).query(DynamoDBQuery("T", DynamoDBExpression("#pk = :pk"))) { _ in false }
        #expect(http.seen.count == 1)
    }

    /// The writes of a `BatchWriteItem`.
    private static func writes(_ request: AWSHTTPRequest) -> [Any] {
        (request.json["RequestItems"] as? [String: [Any]])?["T"] ?? []
    }

    @Test func writesThatAreLeftOverAreSentAgain() async throws {
        let http = ScriptedHTTPClient { request, index in
            // Of the first batch ten are left over, then five of them, then none.
            let left = index == 0 ? 10 : index == 1 ? 5 : 0
            let items = Self.writes(request).suffix(left)
            let data = try JSONSerialization.data(withJSONObject: left == 0 ? [:] : ["UnprocessedItems": ["T": Array(items)]])
            return AWSHTTPResponse(status: .ok, body: Array(data))
        }
        let writes = (0..<30).map { DynamoDBClient.BatchWrite.put(["pk": .string("\($0)")]) }
        try await self.client(http).batchWrite(writes, to: "T", backoff: .hasty())
        #expect(http.seen.map { Self.writes($0).count } == [25, 10, 5, 5])
    }

    @Test func writesThatAreLeftOverForGoodAreAnError() async throws {
        let http = ScriptedHTTPClient { _, _ in
            .json(#"{"UnprocessedItems":{"T":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]}}"#)
        }
        let error = await #expect(throws: DynamoDBError.self) {
            try await self.client(http).batchWrite([.delete(["pk": .string("a")])], to: "T", backoff: .hasty(attempts: 4))
        }
        #expect(error?.code == .throttling)
        #expect(error?.isTransient == true)
        #expect(http.seen.count == 4)
    }

    @Test func nothingToWriteIsNoRequest() async throws {
        let http = ScriptedHTTPClient { _, _ in .json("{}") }
        try await self.client(http).batchWrite([], to: "T", backoff: .hasty())
        #expect(try await self.client(http).batchGet([], from: "T", backoff: .hasty()) == [])
        #expect(http.seen.isEmpty)
    }

    @Test func keysThatAreLeftOverAreReadAgain() async throws {
        let http = ScriptedHTTPClient { request, index in
            let keys = ((request.json["RequestItems"] as? [String: Any])?["T"] as? [String: Any])?["Keys"] as? [Any] ?? []
            let done = index == 0 ? Array(keys.prefix(60)) : keys
            let left = index == 0 ? Array(keys.dropFirst(60)) : []
            var answer: [String: Any] = ["Responses": ["T": done]]
            if !left.isEmpty { answer["UnprocessedKeys"] = ["T": ["Keys": left, "ConsistentRead": true]] }
            return AWSHTTPResponse(status: .ok, body: Array(try JSONSerialization.data(withJSONObject: answer)))
        }
        let keys = (0..<130).map { ["pk": AttributeValue.string("\($0)")] }
        let found = try await self.client(http).batchGet(keys, from: "T", backoff: .hasty())
        #expect(Set(found) == Set(keys))
        #expect(http.seen.count == 3)
    }

    @Test(arguments: ["[]", "", "{"])
    func anAnswerThatCannotBeReadIsNone(_ body: String) async throws {
        let http = ScriptedHTTPClient { _, _ in .json(body) }
        let error = await #expect(throws: DynamoDBError.self) { try await self.client(http).getItem([:], from: "T") }
        #expect(error?.code == .noAnswer)
        #expect(error?.isAmbiguous == true)
    }

    @Test func aLostConnectionIsNoAnswer() async throws {
        let http = ScriptedHTTPClient { _, _ in throw AWSError(.connectionFailed, "gone") }
        let error = await #expect(throws: DynamoDBError.self) { try await self.client(http).write(.put([:], into: "T")) }
        #expect(error?.code == .noAnswer)
    }
}
