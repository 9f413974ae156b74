import APIGatewayDefinition
import NIOCore
import Testing

@testable import APIGateway

@Suite struct TokenBucketTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func burstThenRate() {
        var bucket = TokenBucket(rate: 10, burst: 3, now: self.start)
        let burst = (0..<4).map { _ in bucket.take(now: self.start) }
        #expect(burst == [true, true, true, false])
        let paced = [99, 101, 102].map { bucket.take(now: self.start + .milliseconds($0)) }
        #expect(paced == [false, true, false])
        // A pause fills it no further than to its size.
        let later = self.start + .hours(1)
        let afterPause = (0..<4).map { _ in bucket.take(now: later) }
        #expect(afterPause == [true, true, true, false])
        // A loop whose clock was read earlier takes nothing back.
        let earlier = bucket.take(now: self.start)
        #expect(!earlier)
    }

    @Test func quotasAreSwitchable() {
        var quotas = QuotaDefinition.off
        let off = AccountQuotas(quotas, now: self.start)
        let unlimited = (0..<1000).allSatisfy { _ in off.mayConnect(now: self.start) && off.mayRequest(now: self.start) }
        #expect(unlimited)
        quotas.connectsPerSecond = 1
        let connects = AccountQuotas(quotas, now: self.start)
        #expect(connects.mayConnect(now: self.start) && !connects.mayConnect(now: self.start) && connects.mayRequest(now: self.start))
        quotas = .off
        quotas.requestsPerSecond = 2
        let requests = AccountQuotas(quotas, now: self.start)
        #expect(requests.mayRequest(now: self.start) && requests.mayRequest(now: self.start) && !requests.mayRequest(now: self.start))
        #expect(requests.mayConnect(now: self.start))
    }
}
