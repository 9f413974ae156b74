import ChatProtocol
import ChatStore
import Testing

@testable import ChatAWS

/// Writers that share nothing but the tables, as Lambda functions do.
@Suite(.enabled(if: LiveDynamoDB.isThere, "DYNAMODB_ENDPOINT names no DynamoDB"))
struct ConcurrencyTests {
    private static let writers = 20
    private static let each = 5

    @Test(arguments: [false, true])
    func twentyWritersLeaveNoGapAndNoDuplicate(_ isNamed: Bool) async throws {
        try await LiveDynamoDB.withTables { tables in
            let outcomes = try await withThrowingTaskGroup(of: [AppendOutcome].self) { group in
                for writer in 0..<Self.writers {
                    let store = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables, backoff: Backoff(maximumAttempts: 200))
                    group.addTask {
                        var outcomes: [AppendOutcome] = []
                        for index in 0..<Self.each {
                            let id = isNamed ? "c-\(index)" : nil
                            outcomes += try await store.append([.sample("\(writer)/\(index)", sender: "sub-\(writer)", clientMessageId: id)]
                            )
                        }
                        return outcomes
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let total = Int64(Self.writers * Self.each)
            #expect(outcomes.filter { !$0.isNew }.isEmpty)
            #expect(outcomes.map(\.receipt.sequence).sorted() == Array(1...total))
            let reader = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
            let messages = try await reader.everything()
            #expect(messages.map(\.sequence) == Array(1...total))
            #expect(Set(messages.map(\.message)).count == Int(total))
            // A receipt names the place where the message is.
            let byId = Dictionary(uniqueKeysWithValues: messages.map { ($0.messageId, $0.sequence) })
            #expect(outcomes.allSatisfy { byId[$0.receipt.messageId] == $0.receipt.sequence })
            // And each writer's own are in its order.
            for writer in 0..<Self.writers {
                let own = messages.filter { $0.sender.id == "sub-\(writer)" }.map(\.message)
                #expect(own == (0..<Self.each).map { "\(writer)/\($0)" })
            }
        }
    }

    /// Answers are lost at random; a client that hears of a failure sends again under the same name, as the protocol asks.
    @Test func twentyWritersOnABadNetworkLeaveNoGapAndNoDuplicate() async throws {
        try await LiveDynamoDB.withTables { tables in
            let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                for writer in 0..<Self.writers {
                    let http = FaultyHTTPClient { seen in
                        switch (seen.count + writer) % 5 {
                        case 1: .loseAnswer
                        case 3: .refuse("ThrottlingException")
                        default: nil
                        }
                    }
                    let store = DynamoDBStore(client: try LiveDynamoDB.client(http), tables: tables, backoff: Backoff(maximumAttempts: 200))
                    group.addTask {
                        while true {
                            do {
                                return try await store.append([.sample("\(writer)", sender: "sub-\(writer)", clientMessageId: "c")])[0]
                            } catch let error as StoreError where error.code == .failed || error.code == .overloaded {}
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.map(\.receipt.sequence).sorted() == Array(1...Int64(Self.writers)))
            let reader = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
            #expect(try await reader.everything().map(\.sequence) == Array(1...Int64(Self.writers)))
        }
    }

    /// One append to several rooms at once, from several processes, in different orders of the rooms.
    @Test func appendsToSeveralRoomsAreWhole() async throws {
        try await LiveDynamoDB.withTables { tables in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<10 {
                    let store = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables, backoff: Backoff(maximumAttempts: 200))
                    group.addTask {
                        let rooms = writer.isMultiple(of: 2) ? ["a", "b"] : ["b", "a"]
                        _ = try await store.append(rooms.map { .sample("\(writer)", room: $0) })
                    }
                }
                try await group.waitForAll()
            }
            let reader = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
            for room in ["a", "b"] {
                let messages = try await reader.everything(room)
                #expect(messages.map(\.sequence) == Array(1...10))
                #expect(Set(messages.map(\.message)).count == 10)
            }
        }
    }

    @Test func processesAgreeOnTheEpoch() async throws {
        try await LiveDynamoDB.withTables { tables in
            let epochs = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 {
                    let store = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
                    group.addTask { try await store.position(room: "general").epoch }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(epochs.count == 1)
        }
    }

    @Test func processesKeepToTheMostRooms() async throws {
        try await LiveDynamoDB.withTables { tables in
            let first = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
            let now = Timestamp(millisecondsSinceEpoch: 1000)
            try await first.insert(
                ConnectionRecord(
                    id: "c-1", user: ChatMessage.Sender(id: "s", name: "n"), connectedAt: now,
                    expiresAt: Timestamp(millisecondsSinceEpoch: 2000), rooms: []))
            let joined = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<12 {
                    let store = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables, backoff: Backoff(maximumAttempts: 200))
                    group.addTask { try await store.join(room: "room-\(index)", connectionId: "c-1", maximumRooms: 5) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(joined == 5)
            let rooms = try await first.connection(id: "c-1", now: now)?.rooms ?? []
            #expect(rooms.count == 5)
            for room in rooms { #expect(try await first.connections(room: room, after: nil, limit: 10, now: now) == ["c-1"]) }
        }
    }
}
