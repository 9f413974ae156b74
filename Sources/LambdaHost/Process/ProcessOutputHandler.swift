import NIOCore

/// Reads what a process writes and hands it on line by line.
final class ProcessOutputHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var splitter: LineSplitter
    private let line: (String) -> Void
    private let ended: () -> Void

    init(maximumLineBytes: Int, line: @escaping (String) -> Void, ended: @escaping () -> Void) {
        self.splitter = LineSplitter(maximumBytes: maximumLineBytes)
        self.line = line
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.splitter.receive(self.unwrapInboundIn(data), line: self.line)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.splitter.finish(line: self.line)
        self.ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
