import ChatProtocol
import ChatStore
import Testing

struct GroupCommitTests {
    /// Keeps what `onCommit` is told.
    private struct Commits {
        let store = HeldStore()
        let commits: GroupCommit<Int>
        private let stream: AsyncStream<[GroupCommit<Int>.Committed]>

        init(maximumBatch: Int = 512, maximumWaiting: Int = 65_536) {
            let (stream, continuation) = AsyncStream.makeStream(
                of: [GroupCommit<Int>.Committed].self, bufferingPolicy: .bufferingNewest(1000))
            self.stream = stream
            self.commits = GroupCommit(store: self.store, maximumBatch: maximumBatch, maximumWaiting: maximumWaiting) {
                continuation.yield($0)
            }
        }

        func submit(_ tag: Int) throws(StoreError) {
            try self.commits.submit(.sample("\(tag)"), tag: tag)
        }

        func next() async throws -> [GroupCommit<Int>.Committed] {
            var iterator = self.stream.makeAsyncIterator()
            return try #require(await iterator.next())
        }
    }

    @Test func whatArrivesDuringACommitGoesIntoTheNext() async throws {
        let subject = Commits()
        try subject.submit(1)
        #expect(await subject.store.nextAppend() == ["1"])
        for tag in 2...6 { try subject.submit(tag) }
        subject.store.succeed()
        #expect(try await subject.next().map(\.tag) == [1])
        #expect(await subject.store.nextAppend() == ["2", "3", "4", "5", "6"])
        subject.store.succeed()
        let committed = try await subject.next()
        #expect(committed.map(\.tag) == [2, 3, 4, 5, 6])
        #expect(committed.map(\.message.message) == ["2", "3", "4", "5", "6"])
        #expect(try committed.map { try $0.result.get().receipt.sequence } == [2, 3, 4, 5, 6])
    }

    @Test func aCommitIsNoLargerThanItMayBe() async throws {
        let subject = Commits(maximumBatch: 2)
        for tag in 1...6 { try subject.submit(tag) }
        var batches: [[String]] = []
        var tags: [Int] = []
        while tags.count < 6 {
            batches.append(try #require(await subject.store.nextAppend()))
            subject.store.succeed()
            tags += try await subject.next().map(\.tag)
        }
        #expect(tags == [1, 2, 3, 4, 5, 6])
        #expect(batches.allSatisfy { $0.count <= 2 })
        #expect(batches.flatMap { $0 } == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func itStartsAnewWhenItHadStopped() async throws {
        let subject = Commits()
        for tag in 1...3 {
            try subject.submit(tag)
            #expect(await subject.store.nextAppend() == ["\(tag)"])
            subject.store.succeed()
            #expect(try await subject.next().map(\.tag) == [tag])
        }
    }

    @Test func pastItsBoundItRefusesAndForgets() async throws {
        let subject = Commits(maximumWaiting: 2)
        try subject.submit(1)
        #expect(await subject.store.nextAppend() == ["1"])
        try subject.submit(2)
        try subject.submit(3)
        for tag in 4...5 {
            let error = #expect(throws: StoreError.self) { try subject.submit(tag) }
            #expect(error?.code == .overloaded)
        }
        subject.store.succeed()
        #expect(try await subject.next().map(\.tag) == [1])
        #expect(await subject.store.nextAppend() == ["2", "3"])
        try subject.submit(6)
        subject.store.succeed()
        #expect(try await subject.next().map(\.tag) == [2, 3])
        #expect(await subject.store.nextAppend() == ["6"])
        subject.store.succeed()
        #expect(try await subject.next().map(\.tag) == [6])
    }

    @Test func closingWaitsForWhatWasTaken() async throws {
        let subject = Commits(maximumWaiting: 2)
        try subject.submit(1)
        #expect(await subject.store.nextAppend() == ["1"])
        try subject.submit(2)
        try subject.submit(3)
        async let closed: Void = subject.commits.close()
        // Closing has begun once it is the reason for which nothing more is taken.
        while true {
            let error = #expect(throws: StoreError.self) { try subject.submit(4) }
            if error?.code == .closed { break }
            await Task.yield()
        }
        subject.store.succeed()
        #expect(await subject.store.nextAppend() == ["2", "3"])
        subject.store.succeed()
        await closed
        #expect(try await subject.next().map(\.tag) == [1])
        #expect(try await subject.next().map(\.tag) == [2, 3])
    }

    @Test func closingWhatDoesNothingReturnsAtOnce() async throws {
        let subject = Commits()
        await subject.commits.close()
        await subject.commits.close()
        let error = #expect(throws: StoreError.self) { try subject.submit(1) }
        #expect(error?.code == .closed)
    }
}
