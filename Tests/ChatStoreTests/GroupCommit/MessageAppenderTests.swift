import ChatProtocol
import ChatStore
import Testing

struct MessageAppenderTests {
    @Test func eachTaskGetsItsOwnReceipt() async throws {
        let store = InMemoryStore()
        let appender = MessageAppender(store: store)
        let outcomes = try await withThrowingTaskGroup(of: (String, AppendOutcome).self) { group in
            for index in 0..<200 {
                group.addTask { ("m-\(index)", try await appender.append(.sample("\(index)"))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0.0 == $0.1.receipt.messageId && $0.1.isNew })
        #expect(outcomes.map(\.1.receipt.sequence).sorted() == Array(1...200))
    }

    @Test func oneTasksMessagesKeepTheirOrder() async throws {
        let appender = MessageAppender(store: InMemoryStore())
        for sequence in 1...50 {
            #expect(try await appender.append(.sample("\(sequence)")).receipt.sequence == Int64(sequence))
        }
    }

    @Test func tasksShareCommits() async throws {
        let store = HeldStore()
        let appender = MessageAppender(store: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask { _ = try await appender.append(.sample("\(index)")) }
            }
            var appended = 0
            while appended < 20 {
                appended += try #require(await store.nextAppend()).count
                store.succeed()
            }
            try await group.waitForAll()
            #expect(appended == 20)
        }
    }

    @Test func theStoresErrorReachesTheCaller() async throws {
        let store = HeldStore()
        let appender = MessageAppender(store: store)
        let append = Task { try await appender.append(.sample("1")) }
        #expect(await store.nextAppend() == ["1"])
        store.fail(StoreError(.failed, "The disk is full."))
        let error = await #expect(throws: StoreError.self) { try await append.value }
        #expect(error?.code == .failed)
    }

    @Test func aClosedAppenderRefuses() async throws {
        let appender = MessageAppender(store: InMemoryStore())
        _ = try await appender.append(.sample("1"))
        await appender.close()
        let error = await #expect(throws: StoreError.self) { try await appender.append(.sample("2")) }
        #expect(error?.code == .closed)
    }
}
