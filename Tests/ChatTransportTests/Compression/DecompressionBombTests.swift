import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// Few bytes that would become many.
@Suite(.timeLimit(.minutes(1)))
struct DecompressionBombTests {
    private static let bomb = DeflateWire().deflate(Array(repeating: UInt8(ascii: "x"), count: 20 * 1024 * 1024))

    private static func frames(by size: Int) -> [WireFrame] {
        var frames: [WireFrame] = []
        var rest = Self.bomb[...]
        while !rest.isEmpty {
            var frame = WireFrame(frames.isEmpty ? 1 : 0, rest.prefix(size), fin: rest.count <= size)
            if frames.isEmpty { frame.reserved = 4 }
            frames.append(frame)
            rest = rest.dropFirst(size)
        }
        return frames
    }

    @Test(arguments: bothRoles, [10, 1000, 30_000]) func isRefusedBeforeItTakesTheMemory(_ role: Role, _ size: Int) {
        var subject = MachineFixture.compressed(role, loop: WebSocketLoop(eventLoop: EmbeddedEventLoop()))
        var most = 0
        var failures: [WebSocketCloseCode?] = []
        for frame in Self.frames(by: size) {
            failures += subject.receive(bytes: subject.bytes([frame]), by: .max).map(\.failure)
            most = max(most, subject.machine.partial?.value.bytes.capacity ?? 0)
        }
        #expect(failures == [.messageTooBig])
        #expect(most <= 2 * 128 * 1024)
        #expect(subject.machine.partial == nil)
        // Who sends thousands of frames more is not listened to.
        #expect(subject.machine.hasReadEnough == (size == 10))
        #expect(subject.receive(bytes: subject.bytes([.close(1009)]), by: .max) == (size == 10 ? [] : [.closeChannel]))
    }

    /// Where messages may be large, the ratio counts.
    @Test func isRefusedForItsRatio() {
        var subject = MachineFixture.compressed(.server, loop: WebSocketLoop(eventLoop: EmbeddedEventLoop())) {
            $0.maximumMessageBytes = 100 * 1024 * 1024
            $0.maximumFrameBytes = 1024 * 1024
        }
        let actions = subject.receive(bytes: subject.bytes(Self.frames(by: 500)), by: .max)
        #expect(actions.map(\.failure) == [.messageTooBig])
    }

    @Test func exactlyTheLimit() {
        let loop = WebSocketLoop(eventLoop: EmbeddedEventLoop())
        for (count, isAllowed) in [(1000, true), (1001, false)] {
            var subject = MachineFixture.compressed(.server, loop: loop) { $0.maximumMessageBytes = 1000 }
            let payload = Array(repeating: UInt8(7), count: count)
            let actions = subject.receive(bytes: subject.bytes(DeflateWire().frames(2, payload)), by: .max)
            if isAllowed { #expect(actions == [.binary(payload)]) } else { #expect(actions.map(\.failure) == [.messageTooBig]) }
        }
    }

    @Test func overASocket() async throws {
        try await withServer({ $0.webSocket.compression = WebSocketCompression() }) { server in
            for size in [100, 30_000] {
                let peer = try await WirePeer.upgrade(to: server.port, extensions: "permessage-deflate")
                for frame in Self.frames(by: size) { peer.send(frame) }
                #expect(try await peer.frame()?.closeCode == 1009)
                peer.send(.close(1009))
                #expect(try await peer.rest() == [])
            }
        }
    }
}
