import NIOCore

/// A closed loop on one event loop: so many messages are under way, and the next goes when everybody has had one more.
final class LoadRun {
    private let members: Int
    private let window: Int
    private let message: String
    private let ready: EventLoopPromise<Void>
    private var open = 0
    private var isSending = false
    private var sent = 0
    private(set) var deliveries = 0
    private var lost: EventLoopPromise<Void>?
    private var drained: EventLoopPromise<Void>?
    var publisher: LoadConnection?

    init(members: Int, window: Int, size: Int, ready: EventLoopPromise<Void>) {
        self.members = members
        self.window = window
        self.message = String(repeating: "x", count: size)
        self.ready = ready
    }

    func opened() {
        self.open += 1
        if self.open == self.members { self.ready.succeed() }
    }

    func ended() {
        self.ready.fail(ChannelError.ioOnClosedChannel)
        self.drained?.fail(ChannelError.ioOnClosedChannel)
    }

    func start() {
        self.isSending = true
        for _ in 0..<self.window { self.send() }
    }

    /// Sends no more.
    ///
    /// - Parameter drained: succeeds when what was sent has been delivered to everybody.
    func stop(drained: EventLoopPromise<Void>) {
        self.isSending = false
        self.drained = drained
        self.checkDrained()
    }

    func delivered(_ count: Int) {
        let before = self.deliveries / self.members
        self.deliveries += count
        if self.isSending {
            for _ in before..<self.deliveries / self.members { self.send() }
        } else {
            self.checkDrained()
        }
    }

    private func send() {
        self.sent += 1
        self.publisher?.send(self.message)
    }

    private func checkDrained() {
        guard let drained, self.deliveries == self.sent * self.members else { return }
        self.drained = nil
        drained.succeed()
    }
}
