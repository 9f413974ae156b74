import ChatProtocol
import ChatStore
import Testing

struct GroupCommitFailureTests {
    struct DiskError: Error {}

    /// Submits three messages that share a commit, ends it, and returns what became of each.
    private static func outcome(of end: (HeldStore) -> Void) async throws -> [(tag: Int, error: StoreError?)] {
        let store = HeldStore()
        let (stream, continuation) = AsyncStream.makeStream(of: [GroupCommit<Int>.Committed].self, bufferingPolicy: .bufferingNewest(10))
        let commits = GroupCommit<Int>(store: store) { continuation.yield($0) }
        var iterator = stream.makeAsyncIterator()
        try commits.submit(.sample("0"), tag: 0)
        _ = await store.nextAppend()
        for tag in 1...3 { try commits.submit(.sample("\(tag)"), tag: tag) }
        store.succeed()
        _ = await iterator.next()
        #expect(await store.nextAppend() == ["1", "2", "3"])
        end(store)
        let committed = try #require(await iterator.next())

        // A commit that failed is not the end.
        try commits.submit(.sample("4"), tag: 4)
        #expect(await store.nextAppend() == ["4"])
        store.succeed()
        let later = try #require(await iterator.next())
        #expect(later.map(\.tag) == [4])
        #expect(throws: Never.self) { try later[0].result.get() }
        return committed.map { entry in
            if case .failure(let error) = entry.result { (entry.tag, error) } else { (entry.tag, nil) }
        }
    }

    @Test func theStoresErrorReachesEveryTag() async throws {
        let outcome = try await Self.outcome { $0.fail(StoreError(.closed, "It is closed.")) }
        #expect(outcome.map(\.tag) == [1, 2, 3])
        #expect(outcome.allSatisfy { $0.error?.code == .closed })
    }

    @Test func anyOtherErrorReachesEveryTagAsTheReason() async throws {
        let outcome = try await Self.outcome { $0.fail(DiskError()) }
        #expect(outcome.map(\.tag) == [1, 2, 3])
        #expect(outcome.allSatisfy { $0.error?.code == .failed && $0.error?.underlying is DiskError })
    }

    /// Those past the end of a short answer would never have heard anything.
    @Test func anAnswerOfTheWrongLengthReachesEveryTag() async throws {
        let outcome = try await Self.outcome { $0.succeed(omitting: 1) }
        #expect(outcome.map(\.tag) == [1, 2, 3])
        #expect(outcome.allSatisfy { $0.error?.code == .failed })
    }
}
