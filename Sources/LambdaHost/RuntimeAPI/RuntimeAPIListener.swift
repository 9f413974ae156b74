import NIOCore
import NIOHTTP1
import NIOPosix

/// The Runtime API of one process: a port of its own on the loopback interface, so that whoever asks there is known.
///
/// The Runtime API knows no authentication. Any program on this machine that finds the port may pose as the function.
enum RuntimeAPIListener {
    /// awslambdaric puts a stack trace in a header and takes 1 MiB to be the limit, as Lambda does.
    static let maximumHeaderBytes = 1024 * 1024 + 8 * 1024

    /// - Returns: the listening channel, on a port that the system has chosen.
    static func bind(for process: FunctionProcess, maximumBodyBytes: Int, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let process = NIOLoopBound(process, eventLoop: loop)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.maximumHeaderBytes
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [limits] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withErrorHandling: true, withOutboundHeaderValidation: true, withEncoderConfiguration: .init(),
                        withDecoderLimitConfiguration: limits)
                    try channel.pipeline.syncOperations.addHandler(
                        RuntimeAPIHandler(process: process.value, maximumBodyBytes: maximumBodyBytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
    }
}
