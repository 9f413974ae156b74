import ChatProtocol
import ChatStore
import Testing

@testable import ChatService

struct AnnouncementOrderTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_795_503_600_000)

    private static func order(_ sequence: Int64, isNew: Bool = true) -> AnnouncementOrder {
        AnnouncementOrder(sequence: sequence, isNew: isNew, patience: .seconds(1))
    }

    @Test(arguments: [(4, AnnouncementOrder.Step.announce(after: 4)), (5, .done), (9, .done)] as [(Int64, AnnouncementOrder.Step)])
    func itsTurnIsAfterTheOneBefore(_ announced: Int64, _ step: AnnouncementOrder.Step) {
        var order = Self.order(5)
        #expect(order.next(AnnouncedPosition(sequence: announced), now: Self.start) == step)
    }

    @Test func itWaitsForThoseBeforeIt() {
        var order = Self.order(5)
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
        var order = Self.order(5)
        _ = order.next(AnnouncedPosition(sequence: 2), now: Self.start)
        #expect(order.next(AnnouncedPosition(sequence: 2), now: Self.start + .seconds(1)) == .takeOver(after: 2))
    }

    @Test func whoIsAtWorkIsNotReplaced() {
        var order = Self.order(5)
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
        var order = Self.order(5, isNew: false)
        guard case .wait = order.next(AnnouncedPosition(sequence: 4), now: Self.start) else {
            Issue.record("It did not wait.")
            return
        }
        #expect(order.next(AnnouncedPosition(sequence: 4), now: Self.start + .seconds(1)) == .takeOver(after: 4))
        #expect(order.next(AnnouncedPosition(sequence: 5), now: Self.start) == .done)
    }

    /// Who is at work right before it has taken over, this one's message among the rest.
    @Test func whoHasTakenOverIsWaitedFor() {
        var order = Self.order(5)
        let position = AnnouncedPosition(sequence: 4, busyUntil: Self.start + .seconds(3))
        guard case .wait = order.next(position, now: Self.start) else {
            Issue.record("It did not wait.")
            return
        }
        #expect(order.next(position, now: Self.start + .seconds(3)) == .announce(after: 4), "who has taken over has stopped, too")
    }

    /// Nothing is kept of new rooms, nor of rooms from before anything was kept, in which much may have been said.
    @Test func ofAnUnknownRoomLittleIsMadeUpFor() {
        var first = Self.order(1)
        #expect(first.next(AnnouncedPosition(), now: Self.start) == .announce(after: 0))
        for (sequence, after) in [(2, 0), (11, 0), (12, 1), (5000, 4989)] as [(Int64, Int64)] {
            var order = Self.order(sequence)
            guard case .wait = order.next(AnnouncedPosition(), now: Self.start) else {
                Issue.record("It did not wait.")
                return
            }
            #expect(order.next(AnnouncedPosition(), now: Self.start + .seconds(1)) == .takeOver(after: after))
            var repeated = Self.order(sequence, isNew: false)
            #expect(repeated.next(AnnouncedPosition(), now: Self.start) == .done)
        }
    }
}
