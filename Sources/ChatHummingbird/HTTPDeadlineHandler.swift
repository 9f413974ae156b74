import ChatTransport
import NIOCore
import NIOHTTPTypes

/// Ends a connection of HTTP whose client takes for ever: one that sends its request byte by byte, or does not read the answer.
///
/// Hummingbird's idle time begins anew with each part of a body, and does not run while an answer is under way.
final class HTTPDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Nil if requests may take for ever.
    private var pace: RequestPace?
    private var requestTimer: Scheduled<Void>?
    /// Nil if answers may wait for ever.
    private let sendTimeout: TimeAmount?
    /// Nil while the channel takes more.
    private var stall: SendStall?
    private var stallTimer: Scheduled<Void>?

    init(requestTimeout: TimeAmount?, sendTimeout: TimeAmount?) {
        self.pace = requestTimeout.map { RequestPace(timeout: $0) }
        self.sendTimeout = sendTimeout
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.cancelTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        self.cancelTimers()
        context.fireChannelInactive()
    }

    private func cancelTimers() {
        self.requestTimer?.cancel()
        self.stallTimer?.cancel()
        (self.requestTimer, self.stallTimer) = (nil, nil)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head:
            self.pace?.begin(now: context.eventLoop.now)
            self.scheduleRequestTimer(context: context)
        case .body(let bytes): self.pace?.receive(bytes.readableBytes)
        case .end: self.pace?.end()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.pace?.pause(now: context.eventLoop.now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        self.pace?.resume(now: context.eventLoop.now)
        self.scheduleRequestTimer(context: context)
        context.read()
    }

    /// One timer for whatever comes until it fires, since to cancel one takes the longer the more connections there are.
    private func scheduleRequestTimer(context: ChannelHandlerContext) {
        guard self.requestTimer == nil, let next = self.pace?.nextLook(now: context.eventLoop.now) else { return }
        self.requestTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            self.requestTimer = nil
            guard let deadline = self.pace?.deadline else { return }
            if context.eventLoop.now >= deadline { context.close(promise: nil) } else { self.scheduleRequestTimer(context: context) }
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .body(let bytes) = self.unwrapOutboundIn(data) { self.stall?.written += bytes.readableBytes }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            self.stall = nil
            self.stallTimer?.cancel()
            self.stallTimer = nil
        } else if self.stall == nil, let sendTimeout {
            self.stall = SendStall(timeout: sendTimeout, waiting: self.waiting(context), now: context.eventLoop.now)
            self.scheduleStallTimer(context: context)
        }
        context.fireChannelWritabilityChanged()
    }

    private func scheduleStallTimer(context: ChannelHandlerContext) {
        guard let stall else { return }
        self.stallTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: stall.deadline) {
            self.stallTimer = nil
            guard self.stall?.isOver(now: context.eventLoop.now, waiting: self.waiting(context)) == true else {
                return self.scheduleStallTimer(context: context)
            }
            context.close(promise: nil)
        }
    }

    private func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
