import Testing

@testable import ChatClient

/// A random part of a time that doubles.
struct BackoffTests {
    @Test(arguments: [
        (1, 500), (2, 1000), (3, 2000), (4, 4000), (5, 8000), (6, 16_000), (7, 30_000), (8, 30_000), (100, 30_000), (Int.max, 30_000),
    ])
    func theBoundDoublesTo30Seconds(_ attempt: Int, _ milliseconds: Int) {
        let backoff = Backoff()
        #expect(backoff.delay(attempt: attempt, random: 1) == .milliseconds(milliseconds))
        #expect(backoff.delay(attempt: attempt, random: 0) == .zero, "full jitter: any part of it, none too")
        #expect(backoff.delay(attempt: attempt, random: 0.5) == .milliseconds(milliseconds) / 2)
    }

    @Test(arguments: [0, -1, Int.min])
    func noAttemptIsTheFirst(_ attempt: Int) {
        #expect(Backoff().delay(attempt: attempt, random: 1) == .milliseconds(500))
    }

    @Test func theMostIsTheMostFromTheStart() {
        var backoff = Backoff()
        backoff.initial = .seconds(60)
        backoff.maximum = .seconds(10)
        for attempt in 1...5 { #expect(backoff.delay(attempt: attempt, random: 1) == .seconds(10)) }
    }

    @Test func veryLongTimesDoNotOverflow() {
        var backoff = Backoff()
        backoff.initial = .seconds(1 << 40)
        backoff.maximum = .seconds(1 << 50)
        #expect(backoff.delay(attempt: 1000, random: 1) == .seconds(1 << 50))
    }
}
