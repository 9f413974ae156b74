package import NIOCore
import Synchronization

/// The ``WebSocketLoop`` of each event loop, made when the first connection of it comes.
package final class WebSocketLoops: Sendable {
    private let loops = Mutex<[ObjectIdentifier: WebSocketLoop]>([:])

    package init() {}

    package subscript(_ eventLoop: any EventLoop) -> WebSocketLoop {
        self.loops.withLock { loops in
            if let loop = loops[ObjectIdentifier(eventLoop)] { return loop }
            let loop = WebSocketLoop(eventLoop: eventLoop)
            loops[ObjectIdentifier(eventLoop)] = loop
            return loop
        }
    }
}
