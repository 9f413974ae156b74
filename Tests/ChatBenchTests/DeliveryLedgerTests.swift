import Histogram
import Testing

@testable import chat_bench

/// "No delivery lost" is only as good as this book-keeping.
struct DeliveryLedgerTests {
    @Test func everybodyGotEverything() {
        var ledger = DeliveryLedger(members: 3)
        for time in 1...5 {
            let number = ledger.send(intendedAt: UInt64(time))
            #expect(number == time)
            for member in 0..<3 {
                #expect(ledger.outstanding == 1)
                ledger.deliver(number, to: member, at: 10)
            }
            #expect(ledger.outstanding == 0)
        }
        #expect(ledger.deliveries == 15)
        #expect(ledger.lost == 0)
        #expect(ledger.outOfOrder == 0)
    }

    @Test func oneIsMissing() {
        var ledger = DeliveryLedger(members: 2)
        for _ in 0..<3 { _ = ledger.send(intendedAt: 0) }
        for number in 1...3 { ledger.deliver(number, to: 0, at: 1) }
        ledger.deliver(1, to: 1, at: 1)
        ledger.deliver(3, to: 1, at: 1)
        #expect(ledger.lost == 1)
        #expect(ledger.outOfOrder == 1)
        #expect(ledger.outstanding == 1)
    }

    /// Neither a copy nor a stranger makes up for one that is missing.
    @Test func whatWasNotDueDoesNotCount() {
        var ledger = DeliveryLedger(members: 1)
        _ = ledger.send(intendedAt: 0)
        _ = ledger.send(intendedAt: 0)
        for number in [2, 2, 1, 0, -1, 3] { ledger.deliver(number, to: 0, at: 1) }
        #expect(ledger.deliveries == 1)
        #expect(ledger.lost == 1)
        #expect(ledger.outOfOrder == 6)
    }

    /// Time counts from when a message was due, whenever it was sent.
    @Test func aStallIsNotLeftOut() {
        var ledger = DeliveryLedger(members: 2)
        ledger.deliver(ledger.send(intendedAt: 0), to: 0, at: 1)
        ledger.isMeasuring = true
        let number = ledger.send(intendedAt: 1_000_000)
        ledger.deliver(number, to: 0, at: 3_000_000)
        // The measurement is over, but this message was of it.
        ledger.isMeasuring = false
        ledger.deliver(number, to: 1, at: 9_000_000)
        #expect(ledger.measuredDeliveries == 1)
        #expect(ledger.latency.totalCount == 2)
        #expect((1999...2001).contains(Percentiles(ledger.latency).p50))
        // The last one says how long it took to reach all.
        #expect(ledger.fanOut.totalCount == 1)
        #expect((7990...8010).contains(Percentiles(ledger.fanOut).max))
    }

    @Test func clocksThatDisagreeDoNotTrap() {
        var ledger = DeliveryLedger(members: 1)
        ledger.isMeasuring = true
        ledger.deliver(ledger.send(intendedAt: 5), to: 0, at: 4)
        #expect(Percentiles(ledger.latency).max == 0)
    }

    @Test func oneThatHasFallenBehindTooFar() {
        var ledger = DeliveryLedger(members: 1)
        for _ in 0...DeliveryLedger.capacity { _ = ledger.send(intendedAt: 0) }
        ledger.deliver(1, to: 0, at: 1)
        #expect(ledger.deliveries == 0)
        #expect(ledger.outOfOrder == 1)
    }
}
