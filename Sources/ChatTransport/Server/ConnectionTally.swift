import NIOCore
import Synchronization

/// A server's connections as numbers: against its limits, and for who waits until there are none.
final class ConnectionTally: Sendable {
    private let counter: ConnectionCounter
    private let waiting = Mutex<[EventLoopPromise<Void>]>([])

    init(_ counter: ConnectionCounter) { self.counter = counter }

    var count: Int { self.counter.count }

    func admit(address: AddressKey?) -> Bool { self.counter.admit(address: address) }

    func attribute(to address: AddressKey) -> Bool { self.counter.attribute(to: address) }

    func release(address: AddressKey?) {
        self.counter.release(address: address)
        self.fulfilIfEmpty()
    }

    /// Succeeds when there is no connection.
    func whenEmpty(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        // Made under the lock, as ThreadSanitizer takes it for guarded then: it does not see what a Mutex orders.
        let promise = self.waiting.withLock { waiting in
            let promise = eventLoop.makePromise(of: Void.self)
            waiting.append(promise)
            return promise
        }
        self.fulfilIfEmpty()
        return promise.futureResult
    }

    private func fulfilIfEmpty() {
        guard self.counter.count == 0 else { return }
        let promises = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for promise in promises { promise.succeed() }
    }
}
