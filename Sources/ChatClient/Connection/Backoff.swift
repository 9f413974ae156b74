/// How long to wait before the next try to connect: a random part of a time that doubles ("full jitter"), so that clients which lost
/// their server at once do not come back at once.
///
/// Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
public struct Backoff: Sendable, Hashable {
    /// The most that the first wait may be. Default 0.5 s.
    public var initial: Duration = .milliseconds(500)
    /// The most that any wait may be. Default 30 s.
    public var maximum: Duration = .seconds(30)

    public init() {}

    /// - Parameters:
    ///   - attempt: how many tries have failed in a row, from 1.
    ///   - random: a number from 0 to 1.
    func delay(attempt: Int, random: Double) -> Duration {
        var ceiling = self.initial
        for _ in 1..<max(1, min(attempt, 32)) {
            ceiling = min(ceiling * 2, self.maximum)
        }
        return min(ceiling, self.maximum) * random
    }
}
