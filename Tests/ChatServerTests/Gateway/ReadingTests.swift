import ChatProtocol
import ChatService
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import ChatServer
@testable import ChatTransport

/// When a client is read from: not while its requests may not be begun, so that they wait in its own socket and not in memory.
struct ReadingTests {
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var count = 0

        func read(context: ChannelHandlerContext) {
            self.count += 1
            context.read()
        }
    }

    /// A connection that waits for the position of the default room once accepted all that its client sent.
    @Test func regressionAClientIsNotReadFromWhileItWaitsForItsRoom() throws {
        let store = ScriptedStore()
        store.positions.shut()
        let gateway = ChatGateway(
            messages: store, authorizer: NameAuthorizer(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: PrometheusMetrics())
        let channel = EmbeddedChannel()
        let reads = ReadCounter()
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(reads)
        let transport = WebSocketLoop(eventLoop: channel.embeddedEventLoop)
        let socket = try WebSocketHandler.addToPipeline(
            of: channel, settings: WebSocketSettings(WebSocketConfiguration(), role: .server), loop: transport)
        let loop = GatewayLoop(transport: transport, messages: store, metrics: gateway.metrics)
        let user = ConnectedUser(sender: ChatMessage.Sender(id: "sub-alice", name: "alice"))
        GatewayConnection(user: user, gateway: gateway, loop: loop, socket: socket).start()

        channel.read()
        #expect(reads.count == 1, "the first is welcome")
        try channel.writeInbound(ByteBuffer(bytes: ChatPeer.frame(.text, Array(#"{"action":"ping"}"#.utf8))))
        let before = reads.count
        channel.read()
        #expect(reads.count == before)
    }
}
