/// A condition or a change in DynamoDB's expression language, with what stands for its names and values.
struct DynamoDBExpression: Sendable, Hashable {
    var text: String
    var names: [String: String]
    var values: AttributeMap

    /// - Parameters:
    ///   - names: what `#name` stands for. Every attribute goes through one: DynamoDB reserves hundreds of words.
    ///   - values: what `:value` stands for.
    init(_ text: String, names: [String: String] = [:], values: AttributeMap = [:]) {
        self.text = text
        self.names = names
        self.values = values
    }

    /// There is no item with that key.
    static let isNew = Self("attribute_not_exists(#pk)", names: ["#pk": "pk"])
    /// There is an item with that key.
    static let exists = Self("attribute_exists(#pk)", names: ["#pk": "pk"])
}

/// One write: a request by itself, or an element of a transaction. Names are as they stand in the JSON.
struct DynamoDBWrite: Encodable, Sendable, Hashable {
    var TableName: String
    var Item: AttributeMap?
    var Key: AttributeMap?
    var ConditionExpression: String?
    var UpdateExpression: String?
    var ExpressionAttributeNames: [String: String]?
    var ExpressionAttributeValues: AttributeMap?
    /// `ALL_OLD` has the item as it was in the answer. Not in transactions.
    var ReturnValues: String?
    /// `ALL_OLD` has the item in the error if the condition fails.
    var ReturnValuesOnConditionCheckFailure: String?

    static func put(_ item: AttributeMap, into table: String, if condition: DynamoDBExpression? = nil) -> Self {
        var write = Self(TableName: table, Item: item)
        write.set(condition: condition, update: nil)
        return write
    }

    static func delete(_ key: AttributeMap, from table: String, if condition: DynamoDBExpression? = nil) -> Self {
        var write = Self(TableName: table, Key: key)
        write.set(condition: condition, update: nil)
        return write
    }

    static func update(
        _ key: AttributeMap, in table: String, _ update: DynamoDBExpression, if condition: DynamoDBExpression? = nil
    ) -> Self {
        var write = Self(TableName: table, Key: key)
        write.set(condition: condition, update: update)
        return write
    }

    private mutating func set(condition: DynamoDBExpression?, update: DynamoDBExpression?) {
        self.ConditionExpression = condition?.text
        self.UpdateExpression = update?.text
        let names = (condition?.names ?? [:]).merging(update?.names ?? [:]) { $1 }
        let values = (condition?.values ?? [:]).merging(update?.values ?? [:]) { $1 }
        // DynamoDB refuses maps that are empty.
        self.ExpressionAttributeNames = names.isEmpty ? nil : names
        self.ExpressionAttributeValues = values.isEmpty ? nil : values
        if condition != nil { self.ReturnValuesOnConditionCheckFailure = "ALL_OLD" }
    }
}

/// Several writes of which all happen or none.
struct DynamoDBTransaction: Encodable, Sendable {
    struct Element: Encodable, Sendable {
        var Put: DynamoDBWrite?
        var Update: DynamoDBWrite?
        var Delete: DynamoDBWrite?

        init(_ write: DynamoDBWrite) {
            if write.Item != nil {
                self.Put = write
            } else if write.UpdateExpression != nil {
                self.Update = write
            } else {
                self.Delete = write
            }
        }
    }

    /// The most writes in a transaction, and the most bytes.
    static let maximumWrites = 100
    static let maximumBytes = 4 << 20

    var TransactItems: [Element]
    /// A repetition with the same token within 10 minutes has the first one's outcome. 1 to 36 characters.
    var ClientRequestToken: String

    init(_ writes: [DynamoDBWrite], token: String) {
        self.TransactItems = writes.map { Element($0) }
        self.ClientRequestToken = token
    }
}

/// Reads part of one partition, in the order of its sort keys.
struct DynamoDBQuery: Encodable, Sendable {
    var TableName: String
    var KeyConditionExpression: String
    var FilterExpression: String?
    var ExpressionAttributeNames: [String: String]
    var ExpressionAttributeValues: AttributeMap
    var ScanIndexForward = true
    var ConsistentRead = true
    /// The most items that are read for one page, before the filter.
    var Limit: Int?
    var ExclusiveStartKey: AttributeMap?

    init(_ table: String, _ key: DynamoDBExpression, filter: DynamoDBExpression? = nil, ascending: Bool = true, limit: Int? = nil) {
        self.TableName = table
        self.KeyConditionExpression = key.text
        self.FilterExpression = filter?.text
        self.ExpressionAttributeNames = key.names.merging(filter?.names ?? [:]) { $1 }
        self.ExpressionAttributeValues = key.values.merging(filter?.values ?? [:]) { $1 }
        self.ScanIndexForward = ascending
        self.Limit = limit
    }
}
