import ChatProtocol
import Testing

@testable import ChatClient

@Suite(.timeLimit(.minutes(2)))
struct EventBufferTests {
    private static func message(_ sequence: Int64) -> ChatClientEvent { .message(.sample(sequence)) }

    private static func rest(_ buffer: EventBuffer) async -> [ChatClientEvent] {
        buffer.finish()
        return await buffer.stream.reduce(into: []) { $0.append($1) }
    }

    @Test func eventsComeInOrder() async {
        var buffer = EventBuffer(limit: 10)
        for sequence in 1...10 as ClosedRange<Int64> { buffer.append(Self.message(sequence)) }
        #expect(await Self.rest(buffer) == (1...10).map { Self.message($0) })
    }

    @Test func whatDoesNotFitIsDroppedAndTold() async {
        var buffer = EventBuffer(limit: 3)
        for sequence in 1...7 as ClosedRange<Int64> { buffer.append(Self.message(sequence)) }
        var iterator = buffer.stream.makeAsyncIterator()
        for sequence in 1...3 as ClosedRange<Int64> { #expect(await iterator.next() == Self.message(sequence)) }
        buffer.append(Self.message(8))
        #expect(await Self.rest(buffer) == [.dropped(4), Self.message(8)])
    }

    /// The word that some were dropped takes the only place there is: then it says so of the next one, too.
    @Test func beingToldNeedsAPlaceItself() async {
        var buffer = EventBuffer(limit: 2)
        for sequence in 1...4 as ClosedRange<Int64> { buffer.append(Self.message(sequence)) }
        var iterator = buffer.stream.makeAsyncIterator()
        #expect(await iterator.next() == Self.message(1))
        buffer.append(Self.message(5))
        #expect(await iterator.next() == Self.message(2))
        #expect(await iterator.next() == .dropped(2))
        buffer.append(Self.message(6))
        #expect(await Self.rest(buffer) == [.dropped(1), Self.message(6)])
    }

    @Test func nothingGoesUncounted() async {
        var buffer = EventBuffer(limit: 5)
        var iterator = buffer.stream.makeAsyncIterator()
        var (shown, dropped) = (0, 0)
        func count(_ event: ChatClientEvent?) {
            switch event {
            case .message?: shown += 1
            case .dropped(let count)?: dropped += count
            default: break
            }
        }
        for sequence in 1...1000 as ClosedRange<Int64> {
            buffer.append(Self.message(sequence))
            if sequence % 7 == 0 { for _ in 0..<3 { count(await iterator.next()) } }
        }
        for _ in 0..<2 { count(await iterator.next()) }
        buffer.append(.connected)
        for event in await Self.rest(buffer) { count(event) }
        #expect(shown + dropped == 1000)
        #expect(shown > 0 && dropped > 0)
    }

    @Test(arguments: [1, 0, -5])
    func thereIsRoomForOneAtLeast(_ limit: Int) async {
        var buffer = EventBuffer(limit: limit)
        buffer.append(.connected)
        #expect(await Self.rest(buffer) == [.connected])
    }

    @Test func afterTheEndNothingComes() async {
        var buffer = EventBuffer(limit: 3)
        buffer.finish()
        buffer.append(.connected)
        #expect(await Self.rest(buffer) == [])
    }
}
