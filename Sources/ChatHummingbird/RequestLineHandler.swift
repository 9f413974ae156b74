import ChatTransport
import NIOCore

/// Looks at the first line of what a client sends, to find out who shall have the connection, and then gives way with all that was read.
///
/// So a WebSocket's connection never sees Hummingbird's handlers, and Hummingbird's never see a WebSocket. Only the first request of a
/// connection is looked at: one that has served other requests does not become a WebSocket.
final class RequestLineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// A request line as long as this is left to whoever serves HTTP, to be refused there.
    private static let maximumBytes = 8192

    private var received: ByteBuffer?
    private var sawReadComplete = false
    private var isDecided = false
    /// When a client that has not said what it wants is cut off.
    private let deadline: NIODeadline
    private var timer: Scheduled<Void>?
    /// Told the path of a `GET`, nil for any other request; adds the handlers that take over. Nil once it was called.
    private var takeOver: ((_ path: String?) -> EventLoopFuture<Void>)?

    init(deadline: NIODeadline, takeOver: @escaping (_ path: String?) -> EventLoopFuture<Void>) {
        self.deadline = deadline
        self.takeOver = takeOver
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.takeOver = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        if self.received == nil { self.received = bytes } else { self.received?.writeBuffer(&bytes) }
        guard !self.isDecided, let received else { return }
        if let end = received.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            self.decide(Self.path(received.readableBytesView[..<end]), context: context)
        } else if received.readableBytes >= Self.maximumBytes {
            self.decide(nil, context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isDecided { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent where !self.isDecided, ChannelEvent.inputClosed as ChannelEvent where !self.isDecided:
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func decide(_ path: String?, context: ChannelHandlerContext) {
        guard let takeOver = self.takeOver else { return }
        self.takeOver = nil
        self.isDecided = true
        self.timer?.cancel()
        takeOver(path).assumeIsolated().whenComplete { result in
            switch result {
            case .success:
                if let received = self.received {
                    self.received = nil
                    context.fireChannelRead(self.wrapInboundOut(received))
                    context.fireChannelReadComplete()
                }
                context.pipeline.syncOperations.removeHandler(self, promise: nil)
            case .failure: context.close(promise: nil)
            }
        }
    }

    /// The path of `GET PATH?QUERY HTTP/1.1`, or of an absolute URL in its place.
    private static func path(_ line: ByteBufferView) -> String? {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("GET".utf8) else { return nil }
        return RequestTarget(Substring(decoding: parts[1], as: UTF8.self)).map { String($0.path) }
    }
}
