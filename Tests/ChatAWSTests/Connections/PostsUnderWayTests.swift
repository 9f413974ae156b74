import Testing

@testable import ChatAWS

struct PostsUnderWayTests {
    private let start = ContinuousClock.now

    @Test func noMoreThanMayBeAreUnderWay() {
        var posts = PostsUnderWay(maximumConcurrency: 2, patience: .seconds(1))
        #expect(!posts.isFull && posts.isReached)
        let first = posts.begin(now: self.start)
        _ = posts.begin(now: self.start)
        #expect(posts.isFull && posts.count == 2)
        posts.end(first)
        #expect(!posts.isFull && !posts.isReached)
    }

    /// Those that hang make room for others, up to a bound, and nobody waits for them.
    @Test func slowOnesAreNotWaitedFor() {
        var posts = PostsUnderWay(maximumConcurrency: 2, patience: .seconds(1))
        var numbers: [Int] = []
        for round in 0..<8 {
            let now = self.start + .seconds(round)
            numbers += [posts.begin(now: now), posts.begin(now: now)]
            posts.tick(now: now + .milliseconds(999))
            #expect(posts.isFull && !posts.isReached)
            posts.tick(now: now + .seconds(1))
            #expect(posts.isReached)
        }
        #expect(posts.count == 16 && posts.isFull)
        for number in numbers { posts.end(number) }
        #expect(posts.count == 0 && !posts.isFull)
    }
}
