import NIOCore

/// A deadline on an event loop that is cheap to put off: nothing is scheduled anew unless it comes earlier than what is scheduled.
///
/// Used on its loop only. After ``cancel()`` it keeps nothing alive.
final class LazyTimer {
    private let loop: any EventLoop
    private var due: NIODeadline?
    private var scheduled: (at: NIODeadline, task: Scheduled<Void>)?
    private var fired: (() -> Void)?

    init(loop: any EventLoop) { self.loop = loop }

    func onFire(_ fired: @escaping () -> Void) { self.fired = fired }

    /// Replaces any earlier deadline.
    func arm(at due: NIODeadline) {
        self.due = due
        if let scheduled, scheduled.at <= due { return }
        self.scheduled?.task.cancel()
        self.schedule(at: due)
    }

    func disarm() { self.due = nil }

    func cancel() {
        self.due = nil
        self.fired = nil
        self.scheduled?.task.cancel()
        self.scheduled = nil
    }

    private func schedule(at time: NIODeadline) {
        let task = self.loop.assumeIsolated().scheduleTask(deadline: time) { self.wake() }
        self.scheduled = (time, task)
    }

    private func wake() {
        self.scheduled = nil
        guard let due else { return }
        if due > .now() {
            self.schedule(at: due)
        } else {
            self.due = nil
            self.fired?()
        }
    }
}
