import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct MembershipsTests {
    /// Against an array, in which the last takes the place of one that goes.
    @Test(arguments: 0..<20) func doesAsAnArrayWould(_ seed: UInt64) {
        let loop = WebSocketLoop(eventLoop: EmbeddedEventLoop())
        var generator = SeededGenerator(seed: seed)
        var subject = Memberships()
        var model: [(group: FanOutGroup, place: Int, taken: Int)] = []
        for number in 0..<500 {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<9:
                let group = FanOutGroup(loop: loop)
                subject.append(.init(group: group, place: number, taken: 0))
                model.append((group, number, 0))
            case 9..<16 where !model.isEmpty:
                let index = model.indices.randomElement(using: &generator)!
                let removed = subject.remove(at: index)
                let place = model.firstIndex { $0.group === removed.group }
                #expect(place != nil)
                if let place {
                    #expect(place == index)
                    #expect(model[place].place == removed.place)
                    model.remove(at: place)
                }
                // The order of those who stay is nobody's concern, but the model has to know it.
                model = subject.map { membership in model.first { $0.group === membership.group }! }
            case 16..<19 where !model.isEmpty:
                let index = model.indices.randomElement(using: &generator)!
                subject[index].taken = number
                model[index].taken = number
            default:
                if Int.random(in: 0..<20, using: &generator) == 0 {
                    subject.removeAll()
                    model = []
                }
            }
            #expect(subject.count == model.count)
            #expect(subject.isEmpty == model.isEmpty)
            #expect(zip(subject, model).allSatisfy { $0.group === $1.group && $0.place == $1.place && $0.taken == $1.taken })
        }
    }
}
