import ChatProtocol
import Testing

@testable import ChatClient

/// How far a client has come in one room: every message once, in order, or it is told which are missing.
struct RoomProgressTests {
    private static func at(_ sequence: Int64, maximumCatchUp: Int64 = 1000) -> RoomProgress {
        var room = RoomProgress(maximumCatchUp: maximumCatchUp)
        #expect(room.joined(.sample(sequence)) == [], "what was before the first join is not missed")
        return room
    }

    @Test func theFirstJoinBeginsWhereTheRoomIs() {
        #expect(Self.at(7).last == 7)
        #expect(Self.at(0).last == 0)
    }

    @Test func messagesAreShownInOrder() {
        var room = Self.at(7)
        for sequence in 8...20 as ClosedRange<Int64> { #expect(room.receive(.sample(sequence)) == [.deliver(.sample(sequence))]) }
    }

    @Test(arguments: [1, 6, 7] as [Int64])
    func whatWasShownIsNotShownAgain(_ sequence: Int64) {
        var room = Self.at(7)
        #expect(room.receive(.sample(sequence)) == [])
        #expect(room.receive(.sample(8)) == [.deliver(.sample(8))])
        #expect(room.receive(.sample(8)) == [])
    }

    /// The default room's messages may come before its `joined` does.
    @Test func aMessageMayComeBeforeTheJoin() {
        var room = RoomProgress(maximumCatchUp: 1000)
        #expect(room.receive(.sample(5)) == [.deliver(.sample(5))])
        #expect(room.joined(.sample(6)) == [.fetch(after: 5)])
        #expect(room.receive(HistoryPage.sample([6])) == [.deliver(.sample(6))])
        var other = RoomProgress(maximumCatchUp: 1000)
        #expect(other.receive(.sample(5)) == [.deliver(.sample(5))])
        #expect(other.joined(.sample(5)) == [])
    }

    /// The server has left messages out, and says so itself: there may be no message that would show it.
    @Test func whatTheServerLeftOutIsFetched() {
        var room = Self.at(1)
        #expect(room.receive(RoomGap(room: "general", after: 1, sequence: 3)) == [.fetch(after: 1)])
        #expect(room.receive(.sample(4)) == [], "it is being fetched")
        #expect(room.receive(HistoryPage.sample([2, 3, 4])) == [2, 3, 4].map { .deliver(.sample($0)) })
        #expect(room.receive(RoomGap(room: "general", after: 2, sequence: 4)) == [], "all of it was shown")
    }

    @Test func aGapBeforeAnythingIsKnownSaysWhereTheRoomStood() {
        var room = RoomProgress(maximumCatchUp: 1000)
        #expect(room.receive(RoomGap(room: "general", after: 5, sequence: 7)) == [.fetch(after: 5)])
    }

    @Test func tooLongAGapIsCutAsAnInterruptionIs() {
        var room = Self.at(1, maximumCatchUp: 10)
        #expect(room.receive(RoomGap(room: "general", after: 1, sequence: 100)) == [.missed(2...90), .fetch(after: 90)])
    }

    @Test func aGapIsFetchedOnceAndShownBeforeWhatIsNewer() {
        var room = Self.at(1)
        #expect(room.receive(.sample(4)) == [.fetch(after: 1)])
        #expect(room.receive(.sample(5)) == [], "it is being fetched")
        #expect(room.receive(HistoryPage.sample([2, 3, 4, 5])) == [2, 3, 4, 5].map { .deliver(.sample($0)) })
        #expect(room.receive(.sample(6)) == [.deliver(.sample(6))])
    }

    @Test func pagesFollowEachOtherUntilNothingIsMissing() {
        var room = Self.at(0)
        #expect(room.joined(.sample(120)) == [.fetch(after: 0)])
        var fetched: [Int64] = []
        for (range, next) in [(1...50, 50), (51...100, 100), (101...120, nil)] as [(ClosedRange<Int64>, Int64?)] {
            let actions = room.receive(HistoryPage.sample(range, hasMore: next != nil))
            #expect(actions == range.map { .deliver(.sample($0)) } + (next.map { [.fetch(after: $0)] } ?? []))
            fetched += range
        }
        #expect(fetched == (1...120).map { $0 })
        #expect(room.receive(.sample(121)) == [.deliver(.sample(121))])
    }

    @Test func aMessageThatComesInOrderDuringAFetchIsShownOnce() {
        var room = Self.at(1)
        #expect(room.receive(.sample(4)) == [.fetch(after: 1)])
        #expect(room.receive(.sample(2)) == [.deliver(.sample(2))])
        #expect(room.receive(HistoryPage.sample([2, 3])) == [.deliver(.sample(3)), .fetch(after: 3)])
        #expect(room.receive(HistoryPage.sample([4])) == [.deliver(.sample(4))])
    }

    @Test func comingBackFetchesWhatWasMissed() {
        var room = Self.at(10)
        #expect(room.joined(.sample(10)) == [])
        #expect(room.joined(.sample(13)) == [.fetch(after: 10)])
        #expect(room.receive(HistoryPage.sample(11...13)) == (11...13).map { .deliver(.sample($0)) })
    }

    @Test func whatWasFetchedOnALostConnectionIsFetchedAgain() {
        var room = Self.at(10)
        #expect(room.joined(.sample(12)) == [.fetch(after: 10)])
        room.fetchEnded()
        #expect(room.joined(.sample(14)) == [.fetch(after: 10)])
        #expect(room.receive(HistoryPage.sample(11...14)) == (11...14).map { .deliver(.sample($0)) })
    }

    @Test(arguments: [(5, nil), (6, 1...1), (100, 1...95)] as [(Int64, ClosedRange<Int64>?)])
    func whatIsTooMuchIsMissedAndNamed(_ sequence: Int64, _ missed: ClosedRange<Int64>?) {
        var room = Self.at(0, maximumCatchUp: 5)
        let first = missed?.upperBound ?? 0
        #expect(room.joined(.sample(sequence)) == (missed.map { [.missed($0)] } ?? []) + [.fetch(after: first)])
        #expect(
            room.receive(HistoryPage.sample(first + 1...sequence)) == (first + 1...sequence).map { .deliver(.sample($0)) },
            "the newest are shown")
    }

    @Test func anotherEpochBeginsAnew() {
        var room = Self.at(100)
        #expect(room.joined(.sample(3, epoch: "e2")) == [.restarted])
        #expect(room.receive(.sample(4)) == [.deliver(.sample(4))])
        #expect(room.receive(.sample(3)) == [])
        #expect(room.joined(.sample(6, epoch: "e2")) == [.fetch(after: 4)])
    }

    @Test func anotherEpochEndsAFetchOfTheOldOne() {
        var room = Self.at(100)
        #expect(room.joined(.sample(102)) == [.fetch(after: 100)])
        #expect(room.joined(.sample(0, epoch: "e2")) == [.restarted])
        #expect(room.receive(.sample(2)) == [.fetch(after: 0)])
    }

    @Test func aHoleInThePageIsMissedAndNamed() {
        var room = Self.at(0)
        #expect(room.joined(.sample(6)) == [.fetch(after: 0)])
        #expect(
            room.receive(HistoryPage.sample([3, 4, 6]))
                == [.missed(1...2), .deliver(.sample(3)), .deliver(.sample(4)), .missed(5...5), .deliver(.sample(6))])
    }

    /// Asking again would have no end.
    @Test func anEmptyPageWhereMessagesShouldBeIsMissedAndNamed() {
        var room = Self.at(0)
        #expect(room.joined(.sample(6)) == [.fetch(after: 0)])
        #expect(room.receive(HistoryPage.sample([])) == [.missed(1...6)])
        #expect(room.receive(.sample(7)) == [.deliver(.sample(7))])
    }

    @Test func aPageThatNobodyAskedForShowsNothingTwice() {
        var room = Self.at(5)
        #expect(room.receive(HistoryPage.sample(1...5)) == [])
        var unknown = RoomProgress(maximumCatchUp: 1000)
        #expect(unknown.receive(HistoryPage.sample(1...5)) == [])
    }
}
