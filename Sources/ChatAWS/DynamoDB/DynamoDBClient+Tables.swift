extension DynamoDBClient {
    /// Makes a table with the keys `pk` and `sk`, billed by request and encrypted at rest, and waits until it is there. One that is there
    /// already is left as it is.
    ///
    /// On AWS the CloudFormation template makes the tables; this is for one's own machine and for tests.
    ///
    /// - Parameter attribute: by which DynamoDB removes items, in seconds since 1970.
    func createTable(_ name: String, timeToLive attribute: String, backoff: Backoff) async throws {
        struct Key: Encodable { var AttributeName, KeyType: String }
        struct Attribute: Encodable { var AttributeName, AttributeType: String }
        struct Encryption: Encodable { var Enabled: Bool }
        struct Request: Encodable {
            var TableName: String
            var KeySchema: [Key]
            var AttributeDefinitions: [Attribute]
            var BillingMode = "PAY_PER_REQUEST"
            var SSESpecification = Encryption(Enabled: true)
        }
        struct Ignored: Decodable {}
        let request = Request(
            TableName: name,
            KeySchema: [Key(AttributeName: "pk", KeyType: "HASH"), Key(AttributeName: "sk", KeyType: "RANGE")],
            AttributeDefinitions: [
                Attribute(AttributeName: "pk", AttributeType: "S"), Attribute(AttributeName: "sk", AttributeType: "S"),
            ])
        do {
            _ = try await self.send("CreateTable", request, as: Ignored.self)
        } catch let error as DynamoDBError where error.code == .resourceInUse {}
        var attempts = backoff.attempts()
        while try await self.tableStatus(name) != "ACTIVE" {
            guard try await attempts.wait() else { throw DynamoDBError(.resourceInUse, "The table does not become active.", status: 400) }
        }
        try await self.enableTimeToLive(attribute, in: name)
    }

    /// `ACTIVE`, `CREATING`, …; nil if there is no such table.
    func tableStatus(_ name: String) async throws -> String? {
        struct Request: Encodable { var TableName: String }
        struct Answer: Decodable {
            struct Table: Decodable { var TableStatus: String }
            var Table: Table
        }
        do {
            return try await self.send("DescribeTable", Request(TableName: name), as: Answer.self).Table.TableStatus
        } catch let error as DynamoDBError where error.code == .resourceNotFound {
            return nil
        }
    }

    func deleteTable(_ name: String) async throws {
        struct Request: Encodable { var TableName: String }
        struct Ignored: Decodable {}
        do {
            _ = try await self.send("DeleteTable", Request(TableName: name), as: Ignored.self)
        } catch let error as DynamoDBError where error.code == .resourceNotFound {}
    }

    private func enableTimeToLive(_ attribute: String, in table: String) async throws {
        struct Specification: Encodable {
            var AttributeName: String
            var Enabled = true
        }
        struct Request: Encodable {
            var TableName: String
            var TimeToLiveSpecification: Specification
        }
        struct Ignored: Decodable {}
        do {
            _ = try await self.send(
                "UpdateTimeToLive", Request(TableName: table, TimeToLiveSpecification: Specification(AttributeName: attribute)),
                as: Ignored.self)
        } catch let error as DynamoDBError where error.code == .validation && error.message.contains("already enabled") {}
    }
}
