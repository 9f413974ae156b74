import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// One timer of the event loop for all connections.
struct WebSocketLoopTimerTests {
    private final class Waiting: LoopConnection {
        var fired: [NIODeadline] = []
        var onFire: (NIODeadline) -> Void = { _ in }

        override func timerFired(now: NIODeadline) {
            self.fired.append(now)
            self.onFire(now)
        }
    }

    /// An embedded loop that counts what is scheduled.
    private final class CountingLoop {
        let eventLoop = EmbeddedEventLoop()
        let loop: WebSocketLoop

        init() { self.loop = WebSocketLoop(eventLoop: self.eventLoop) }

        func schedule(_ connection: LoopConnection, in time: TimeAmount) { self.loop.schedule(connection, at: self.eventLoop.now + time) }
    }

    @Test func eachIsCalledOnceAtItsTime() {
        let subject = CountingLoop()
        let start = subject.eventLoop.now
        var generator = SeededGenerator(seed: 1)
        let connections = (0..<5000).map { _ in Waiting() }
        let times = connections.map { _ in Int64.random(in: 1...60, using: &generator) }
        for (connection, time) in zip(connections, times) { subject.schedule(connection, in: .seconds(time)) }
        for second in 1...60 {
            subject.eventLoop.advanceTime(by: .seconds(1))
            for (connection, time) in zip(connections, times) where time == second {
                #expect(connection.fired == [start + .seconds(time)])
            }
        }
        #expect(connections.allSatisfy { $0.fired.count == 1 })
        subject.eventLoop.advanceTime(by: .hours(1))
        #expect(connections.allSatisfy { $0.fired.count == 1 })
    }

    /// Moved again and again, as by every message that comes: only the last time counts.
    @Test func aTimeThatIsMovedDoesNotCome() {
        let subject = CountingLoop()
        let connection = Waiting()
        for _ in 0..<100 {
            subject.schedule(connection, in: .seconds(10))
            subject.eventLoop.advanceTime(by: .seconds(9))
        }
        #expect(connection.fired == [])
        subject.schedule(connection, in: .seconds(1))  // Earlier than before.
        subject.eventLoop.advanceTime(by: .seconds(1))
        #expect(connection.fired == [subject.eventLoop.now])
        #expect(subject.loop.scheduledDeadline(of: connection) == nil)
    }

    @Test func whoIsTakenOutIsNotCalled() {
        let subject = CountingLoop()
        let connections = (0..<10).map { _ in Waiting() }
        for (index, connection) in connections.enumerated() { subject.schedule(connection, in: .seconds(Int64(index))) }
        for connection in connections.prefix(5) { subject.loop.unschedule(connection) }
        subject.loop.schedule(connections[5], at: nil)
        subject.eventLoop.advanceTime(by: .seconds(20))
        #expect(connections.map(\.fired.count) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    }

    /// Those who are called at the same time take each other out and schedule themselves anew.
    @Test func whatTheyDoWhenCalled() {
        let subject = CountingLoop()
        let connections = (0..<1000).map { _ in Waiting() }
        for connection in connections {
            subject.schedule(connection, in: .seconds(1))
            connection.onFire = { [unowned connection] _ in
                if connection.fired.count < 5 { subject.schedule(connection, in: .seconds(1)) }
            }
        }
        var others = 0
        for index in stride(from: 0, to: 1000, by: 2) {
            let other = connections[index + 1]
            connections[index].onFire = { _ in
                subject.loop.unschedule(other)
                if other.fired.isEmpty { others += 1 }
            }
        }
        subject.eventLoop.advanceTime(by: .seconds(10))
        for index in stride(from: 0, to: 1000, by: 2) {
            #expect(connections[index].fired.count == 1)
            #expect([0, 1].contains(connections[index + 1].fired.count) || connections[index + 1].fired.count == 5)
        }
        #expect(connections.allSatisfy { subject.loop.scheduledDeadline(of: $0) == nil })
        #expect(others > 0)
    }

    /// However many wait, the event loop has one thing to do next, and does it once.
    @Test func thereIsOneTimer() async throws {
        let eventLoop = NIOAsyncTestingEventLoop()
        let fired = try await eventLoop.executeInContext {
            let loop = WebSocketLoop(eventLoop: eventLoop)
            let connections = (0..<2000).map { _ in Waiting() }
            // Later ones first: each of them is the earliest for a moment.
            for (index, connection) in connections.enumerated() {
                loop.schedule(connection, at: eventLoop.now + .milliseconds(Int64(3000 - index)))
            }
            for connection in connections { loop.schedule(connection, at: eventLoop.now + .seconds(10)) }
            return NIOLoopBound((loop, connections), eventLoop: eventLoop)
        }
        await eventLoop.advanceTime(by: .seconds(9))
        try await eventLoop.executeInContext { #expect(fired.value.1.allSatisfy { $0.fired.isEmpty }) }
        await eventLoop.advanceTime(by: .seconds(1))
        try await eventLoop.executeInContext {
            let (loop, connections) = fired.value
            #expect(connections.allSatisfy { $0.fired.count == 1 })
            #expect(connections.allSatisfy { loop.scheduledDeadline(of: $0) == nil })
        }
    }
}
