import ChatProtocol
import ChatStore
import Testing

@testable import ChatService

struct AnnouncementOrderTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_795_503_600_000)

    @Test(arguments: [(4, AnnouncementOrder.Step.announce(after: 4)), (5, .done), (9, .done)] as [(Int64, AnnouncementOrder.Step)])
    func itsTurnIsAfterTheOneBefore(_ announced: Int64, _ step: AnnouncementOrder.Step) {
        var order = AnnouncementOrder(sequence: 5, isNew: true)
        #expect(order.next(AnnouncedPosition(sequence: announced), now: Self.start) == step)
    }

    @Test func itWaitsForThoseBeforeIt() {
        var order = AnnouncementOrder(sequence: 5, isNew: true)
        var now = Self.start
        for announced: Int64 in [1, 2, 3] {
            // Each of them may take nearly all of the patience.
            for _ in 1...9 {
                guard case .wait(let time) = order.next(AnnouncedPosition(sequence: announced), now: now) else {
                    Issue.record("It did not wait.")
                    return
                }
                #expect(time > .zero && time <= .milliseconds(200))
                now = now + .milliseconds(100)
            }
        }
        #expect(order.next(AnnouncedPosition(sequence: 4), now: now) == .announce(after: 4))
    }

    @Test func whoHasStoppedIsReplaced() {
        var order = AnnouncementOrder(sequence: 5, isNew: true)
        _ = order.next(AnnouncedPosition(sequence: 2), now: Self.start)
        #expect(order.next(AnnouncedPosition(sequence: 2), now: Self.start + AnnouncementOrder.patience) == .takeOver(after: 2))
    }

    @Test func whoIsAtWorkIsNotReplaced() {
        var order = AnnouncementOrder(sequence: 5, isNew: true)
        var now = Self.start
        for _ in 1...100 {
            let step = order.next(AnnouncedPosition(sequence: 2, busyUntil: now + .seconds(3)), now: now)
            #expect(step != .takeOver(after: 2))
            now = now + .milliseconds(300)
        }
        let end = now + .seconds(3)
        _ = order.next(AnnouncedPosition(sequence: 2, busyUntil: end), now: end)
        #expect(order.next(AnnouncedPosition(sequence: 2, busyUntil: end), now: end + .seconds(1)) == .takeOver(after: 2))
    }

    /// Whoever sends a message again leaves the turn to the process that was sent it first.
    @Test func aRepetitionOnlyReplaces() {
        var order = AnnouncementOrder(sequence: 5, isNew: false)
        guard case .wait = order.next(AnnouncedPosition(sequence: 4), now: Self.start) else {
            Issue.record("It did not wait.")
            return
        }
        #expect(order.next(AnnouncedPosition(sequence: 4), now: Self.start + .seconds(1)) == .takeOver(after: 4))
        #expect(order.next(AnnouncedPosition(sequence: 5), now: Self.start) == .done)
    }

    /// Nothing is kept of new rooms, nor of rooms from before anything was kept, in which much may have been said.
    @Test func nothingKeptIsANewRoomOrAnOldOne() {
        var first = AnnouncementOrder(sequence: 1, isNew: true)
        #expect(first.next(AnnouncedPosition(), now: Self.start) == .announce(after: 0))
        var second = AnnouncementOrder(sequence: 2, isNew: true)
        #expect(second.next(AnnouncedPosition(), now: Self.start) != .announce(after: 1))
        var old = AnnouncementOrder(sequence: 5000, isNew: true)
        #expect(old.next(AnnouncedPosition(), now: Self.start) == .announce(after: 4999))
        var repeated = AnnouncementOrder(sequence: 5000, isNew: false)
        guard case .wait = repeated.next(AnnouncedPosition(), now: Self.start) else {
            Issue.record("It did not wait.")
            return
        }
    }
}
