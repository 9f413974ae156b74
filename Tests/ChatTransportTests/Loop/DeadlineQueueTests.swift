import NIOCore
import Testing

@testable import ChatTransport

struct DeadlineQueueTests {
    private final class Waiting: LoopConnection {
        let number: Int

        init(_ number: Int) {
            self.number = number
            super.init()
        }
    }

    private static func at(_ time: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(time)) }

    @Test func emptyIsEmpty() {
        var queue = DeadlineQueue()
        let element = Waiting(0)
        #expect(queue.earliest == nil)
        #expect(queue.popDue(now: .distantFuture) == nil)
        queue.remove(element)
        #expect(queue.count == 0)
        #expect(queue.deadline(of: element) == nil)
    }

    @Test func nobodyIsDueBeforeTheTime() {
        var queue = DeadlineQueue()
        let element = Waiting(0)
        queue.schedule(element, at: Self.at(10))
        #expect(queue.popDue(now: Self.at(9)) == nil)
        #expect(queue.popDue(now: Self.at(10)) === element)
        #expect(element.placeInDeadlineQueue == -1)
        #expect(queue.count == 0)
    }

    /// Against an array: any order of putting in, moving, taking out and the passing of time, with many equal times.
    @Test(arguments: 0..<20) func doesAsAnArrayWould(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = DeadlineQueue()
        var model: [Int: Int] = [:]
        let elements = (0..<Int.random(in: 1...200, using: &generator)).map(Waiting.init)
        var now = 0
        for _ in 0..<5000 {
            let element = elements.randomElement(using: &generator)!
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                let time = now + Int.random(in: 0..<50, using: &generator)
                queue.schedule(element, at: Self.at(time))
                model[element.number] = time
            case 6..<8:
                queue.remove(element)
                model[element.number] = nil
            default:
                now += Int.random(in: 0..<10, using: &generator)
                var due: [Int] = []
                while let popped = queue.popDue(now: Self.at(now)) as? Waiting {
                    let time = model.removeValue(forKey: popped.number)
                    #expect(time != nil)
                    due.append(time ?? 0)
                }
                #expect(due == due.sorted())
                #expect(due.allSatisfy { $0 <= now })
                #expect(model.values.allSatisfy { $0 > now })
            }
            #expect(queue.count == model.count)
            #expect(queue.earliest == model.values.min().map(Self.at))
            #expect(queue.deadline(of: element) == model[element.number].map(Self.at))
            #expect((element.placeInDeadlineQueue >= 0) == (model[element.number] != nil))
        }
        for element in elements { #expect(queue.deadline(of: element) == model[element.number].map(Self.at)) }
    }
}
