public import AWSClient
import FoundationEssentials
import HTTPTypes
public import Logging

/// DynamoDB's operations, as far as a chat needs them. There is no `Scan` among them.
///
/// Every operation may be sent again after a lost answer, so each must be one that can be repeated: reads, writes that put the same
/// again, transactions with their token, and conditional writes whose caller can tell their own earlier success from somebody else's.
///
/// Source: Amazon DynamoDB API Reference, version 2012-08-10.
public struct DynamoDBClient: Sendable {
    private let aws: AWSClient

    /// - Parameter aws: signs for `dynamodb`, and repeats what was throttled or lost.
    public init(_ aws: AWSClient) {
        self.aws = aws
    }

    /// A client for the endpoint that the environment names (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL`) or the region has.
    ///
    /// - Throws: ``AWSError`` with `invalidConfiguration`.
    public init(
        region: String, environment: [String: String], credentials: any AWSCredentialProvider,
        http: any AWSHTTPClient = AsyncAWSHTTPClient(), logger: Logger
    ) throws {
        let endpoint = try AWSEndpoint.resolve(service: "DynamoDB", region: region, environment: environment)
        var configuration = AWSClient.Configuration()
        configuration.retry = .dynamoDB
        self.init(
            AWSClient(
                service: "dynamodb", region: region, endpoint: endpoint, credentials: credentials, http: http,
                configuration: configuration, logger: logger))
    }

    private static let target = HTTPField.Name("X-Amz-Target")!

    private struct Empty: Decodable {}

    /// - Throws: ``DynamoDBError``, or `CancellationError`.
    func send<Answer: Decodable>(_ operation: String, _ request: some Encodable, as answer: Answer.Type) async throws -> Answer {
        let body: [UInt8]
        do {
            let response = try await self.aws.send(
                AWSOperation(
                    headers: [.contentType: "application/x-amz-json-1.0", Self.target: "DynamoDB_20120810.\(operation)"],
                    body: Array(try JSONEncoder().encode(request)), isIdempotent: true))
            body = response.body
        } catch let error as AWSError {
            if let status = error.status { throw DynamoDBError(status: status.code, body: error.body) }
            throw DynamoDBError(.noAnswer, error.message, underlying: error)
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            throw DynamoDBError(.noAnswer, "The answer cannot be read.", underlying: error)
        }
    }

    /// An item, consistently, or nil if there is none.
    func getItem(_ key: AttributeMap, from table: String) async throws -> AttributeMap? {
        struct Request: Encodable {
            var TableName: String
            var Key: AttributeMap
            var ConsistentRead = true
        }
        struct Answer: Decodable { var Item: AttributeMap? }
        return try await self.send("GetItem", Request(TableName: table, Key: key), as: Answer.self).Item
    }

    /// One write.
    ///
    /// - Returns: the item as it was, if `returningOld` and there was one.
    @discardableResult
    func write(_ write: DynamoDBWrite, returningOld: Bool = false) async throws -> AttributeMap? {
        struct Answer: Decodable { var Attributes: AttributeMap? }
        var write = write
        if returningOld { write.ReturnValues = "ALL_OLD" }
        let operation = write.Item != nil ? "PutItem" : write.UpdateExpression != nil ? "UpdateItem" : "DeleteItem"
        return try await self.send(operation, write, as: Answer.self).Attributes
    }

    /// All of the writes or none. The token makes a repetition within 10 minutes the same transaction.
    func transact(_ writes: [DynamoDBWrite], token: String) async throws {
        _ = try await self.send("TransactWriteItems", DynamoDBTransaction(writes, token: token), as: Empty.self)
    }

    /// One page of a query: items, and where the next page begins.
    func queryPage(_ query: DynamoDBQuery) async throws -> (items: [AttributeMap], next: AttributeMap?) {
        struct Answer: Decodable {
            var Items: [AttributeMap]?
            var LastEvaluatedKey: AttributeMap?
        }
        let answer = try await self.send("Query", query, as: Answer.self)
        return (answer.Items ?? [], answer.LastEvaluatedKey)
    }

    /// Hands on the items of a query, page after page, until `body` has enough.
    ///
    /// - Parameter body: takes a page's items; returns whether it wants the next page.
    func query(_ query: DynamoDBQuery, _ body: ([AttributeMap]) throws -> Bool) async throws {
        var query = query
        while true {
            let page = try await self.queryPage(query)
            guard try body(page.items), let next = page.next else { return }
            query.ExclusiveStartKey = next
        }
    }
}
