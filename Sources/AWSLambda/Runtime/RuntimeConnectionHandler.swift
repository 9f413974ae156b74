import NIOCore
import NIOHTTP1

/// Writes calls to a Runtime API connection and hands out their answers. On its channel's event loop alone.
final class RuntimeConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private var machine: StateMachine
    private var pending: EventLoopPromise<RuntimeAnswer>?
    private var timeout: Scheduled<Void>?
    private let host: String

    init(host: String, maximumBodyBytes: Int) {
        self.host = host
        self.machine = StateMachine(maximumBodyBytes: maximumBodyBytes)
    }

    /// - Parameter timeout: How long the answer may take; `nil` for ever.
    func send(_ call: RuntimeCall, timeout: TimeAmount?, on channel: any Channel, answering promise: EventLoopPromise<RuntimeAnswer>) {
        if let failure = self.machine.start() {
            promise.fail(failure)
            return
        }
        self.pending = promise
        if let timeout {
            // The handler lives on this loop, and dies with its channel.
            let machine = NIOLoopBound(self, eventLoop: channel.eventLoop)
            self.timeout = channel.eventLoop.scheduleTask(in: timeout) {
                machine.value.end("the Runtime API did not answer in time", channel)
            }
        }
        channel.write(HTTPClientRequestPart.head(call.head(host: self.host)), promise: nil)
        if !call.body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(channel.allocator.buffer(bytes: call.body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    /// Ends the connection, and with it the call under way.
    func end(_ reason: String, _ channel: any Channel) {
        self.perform(self.machine.ended(reason), channel)
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.perform(self.machine.received(head), context.channel)
        case .body(let buffer): self.perform(self.machine.received(body: buffer.readableBytesView), context.channel)
        case .end: self.perform(self.machine.receivedEnd(), context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.perform(self.machine.ended("the connection was closed"), context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset is an end like any other; what the parser cannot read is not, and would come again on a new connection.
        if error is HTTPParserError, (error as? HTTPParserError) != .invalidEOFState {
            self.perform(self.machine.failed("\(error)"), context.channel)
        } else {
            self.perform(self.machine.ended("\(error)"), context.channel)
            context.close(promise: nil)
        }
    }

    private func perform(_ action: StateMachine.Action, _ channel: any Channel) {
        switch action {
        case .none: break
        case .succeed(let answer): self.take()?.succeed(answer)
        case .succeedAndClose(let answer):
            self.take()?.succeed(answer)
            channel.close(promise: nil)
        case .fail(let failure): self.take()?.fail(failure)
        case .failAndClose(let failure):
            self.take()?.fail(failure)
            channel.close(promise: nil)
        case .close: channel.close(promise: nil)
        }
    }

    private func take() -> EventLoopPromise<RuntimeAnswer>? {
        defer { self.pending = nil }
        self.timeout?.cancel()
        self.timeout = nil
        return self.pending
    }
}
