import ArgumentParser
import ChatProtocol
import ChatTransport
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import UnixSignals

/// What one client sends, all get: the transport and its fan-out without the chat, to be measured.
@main
struct BroadcastServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A WebSocket server that sends every message to all connections.")

    @Option(help: "The port to listen on, at 127.0.0.1; 0 lets the system choose.")
    var port = 9001

    @Option(help: "Event loops.")
    var threads = 1

    @Flag(help: "Compress messages for those who can (permessage-deflate).")
    var compression = false

    func run() async throws {
        OpenFileLimit.raise()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: self.threads)
        let loops = WebSocketLoops()
        let rooms = AllRooms()
        for eventLoop in group.makeIterator() { rooms.add(BroadcastRoom(loop: loops[eventLoop], all: rooms)) }
        var configuration = WebSocketServerConfiguration()
        configuration.listensOnEveryEventLoop = self.threads > 1
        configuration.backlog = 4096
        if self.compression { configuration.webSocket.compression = WebSocketCompression() }
        let acceptor = WebSocketAcceptor(
            configuration: configuration, loops: loops,
            decide: .immediate { _ in
                .accept(subprotocol: nil, headers: [:]) { channel, handler in
                    rooms.room(on: channel.eventLoop)?.add(handler)
                }
            })
        let server = try await WebSocketServer.listen(
            on: .hostname("127.0.0.1", port: self.port), acceptor: acceptor, eventLoopGroup: group)
        print("listening on 127.0.0.1:\(server.localAddress.port ?? self.port)")
        // A pipe would have it only when the buffer is full.
        fflush(nil)
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { break }
        await server.drain()
        try await group.shutdownGracefully()
    }
}

/// The connections of one event loop, and what is done with what they send.
///
/// `@unchecked Sendable`: everything mutable is touched on that loop only.
final class BroadcastRoom: WebSocketDelegate, @unchecked Sendable {
    let loop: WebSocketLoop
    private let fanOut: FanOutRoom
    private let all: AllRooms

    init(loop: WebSocketLoop, all: AllRooms) {
        self.loop = loop
        self.fanOut = FanOutRoom(loop: loop)
        self.all = all
    }

    func add(_ handler: WebSocketHandler) {
        handler.delegate = self
        self.fanOut.add(handler)
    }

    func webSocketReceived(_ message: WebSocketMessage) {
        let encoded = EncodedMessage(message.kind, payload: message.bytes.readableBytesView)
        for room in self.all.rooms {
            if room === self { room.publish(encoded) } else { room.loop.eventLoop.execute { room.publish(encoded) } }
        }
    }

    func webSocketClosed() {}

    private func publish(_ message: EncodedMessage) {
        self.fanOut.publish(message, now: .now())
    }
}

/// The rooms of all event loops.
final class AllRooms: Sendable {
    private let byLoop: Mutex<[ObjectIdentifier: BroadcastRoom]> = Mutex([:])

    func add(_ room: BroadcastRoom) { self.byLoop.withLock { $0[ObjectIdentifier(room.loop.eventLoop)] = room } }

    var rooms: [BroadcastRoom] { self.byLoop.withLock { Array($0.values) } }

    func room(on eventLoop: any EventLoop) -> BroadcastRoom? { self.byLoop.withLock { $0[ObjectIdentifier(eventLoop)] } }
}
