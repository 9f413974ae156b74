import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// RFC 7692 section 7.2.2 through a connection's state machine.
struct CompressedMessageTests {
    private static func loop() -> WebSocketLoop { WebSocketLoop(eventLoop: EmbeddedEventLoop()) }

    private static let text = String(repeating: "Grüße an alle 👋 ", count: 60)

    @Test(arguments: bothRoles, [1, 2, 3, 5, 7, 64, 10_000]) func inFramesAndPiecesOfAnySize(_ role: Role, _ size: Int) {
        let loop = Self.loop()
        for frameSize in [1, 2, 9, 40, .max] {
            var subject = MachineFixture.compressed(role, loop: loop)
            let wire = DeflateWire()
            let frames = wire.frames(1, Self.text.utf8, by: frameSize) + wire.frames(2, [0, 255, 7], by: frameSize)
            let actions = subject.receive(bytes: subject.bytes(frames), by: size)
            #expect(actions == [.text(Self.text), .binary([0, 255, 7])])
            #expect(subject.machine.partial == nil)
        }
    }

    @Test(arguments: bothRoles) func controlFramesBetween(_ role: Role) {
        var subject = MachineFixture.compressed(role, loop: Self.loop())
        let frames = DeflateWire().frames(1, Self.text.utf8, by: 10)
        let ping = WireFrame(9, [1, 2])
        for size in [1, 4, .max] {
            let actions = subject.receive(bytes: subject.bytes(frames.flatMap { [ping, $0] }), by: size)
            #expect(actions == frames.map { _ in .sendPong(ByteBuffer(bytes: [1, 2])) } + [.text(Self.text)])
        }
    }

    /// Compressed or not is each message's own matter.
    @Test(arguments: bothRoles) func mixedWithPlainOnes(_ role: Role) {
        var subject = MachineFixture.compressed(role, takesOverContext: true, loop: Self.loop())
        let wire = DeflateWire(takesOverContext: true)
        for round in 0..<5 {
            let frames =
                wire.frames(1, Self.text.utf8, by: 30) + [.text("plain \(round)"), WireFrame(1, Array("pl".utf8), fin: false)]
                + [WireFrame(0, Array("ain".utf8))] + wire.frames(1, "".utf8)
            let actions = subject.receive(bytes: subject.bytes(frames), by: 11)
            #expect(actions == [.text(Self.text), .text("plain \(round)"), .text("plain"), .text("")])
        }
    }

    /// A message that refers to the one before it is only understood where that was agreed on.
    @Test(arguments: bothRoles, [false, true]) func contextTakeover(_ role: Role, _ isAgreed: Bool) {
        var subject = MachineFixture.compressed(role, takesOverContext: isAgreed, loop: Self.loop())
        let wire = DeflateWire(takesOverContext: true)
        let first = wire.frames(1, Self.text.utf8)
        let second = wire.frames(1, Self.text.utf8)
        #expect(second[0].payload.count < first[0].payload.count / 2)
        #expect(subject.receive(bytes: subject.bytes(first), by: .max) == [.text(Self.text)])
        let actions = subject.receive(bytes: subject.bytes(second), by: .max)
        if isAgreed { #expect(actions == [.text(Self.text)]) } else { #expect(actions.first?.failure == .invalidPayload) }
    }

    /// Connections of one loop borrow the same inflaters, whoever is in the middle of a message.
    @Test func manyConnectionsOfOneLoop() {
        let loop = Self.loop()
        var subjects = (0..<10).map { _ in MachineFixture.compressed(.server, loop: loop) }
        for round in 0..<3 {
            let texts = subjects.indices.map { String(repeating: "\($0).\(round) ", count: 100 + 10 * $0) }
            let all = texts.map { DeflateWire().frames(1, $0.utf8, by: 9) }
            for step in 0..<(all.map(\.count).max() ?? 0) {
                for index in subjects.indices where step < all[index].count {
                    let actions = subjects[index].receive(bytes: subjects[index].bytes([all[index][step]]), by: 3)
                    #expect(actions == (step == all[index].count - 1 ? [.text(texts[index])] : []))
                }
            }
        }
    }

    @Test(arguments: bothRoles) func rulesOfTheFirstReservedBit(_ role: Role) {
        func failure(_ frames: [WireFrame], _ subject: MachineFixture) -> WebSocketCloseCode? {
            var subject = subject
            return subject.receive(bytes: subject.bytes(frames), by: .max).last?.closeCode
        }
        let compressed = MachineFixture.compressed(role, loop: Self.loop())
        var frames = DeflateWire().frames(1, Self.text.utf8, by: 20)
        #expect(failure(frames, MachineFixture(role)) == .protocolError)
        frames[1].reserved = 4
        #expect(failure(frames, compressed) == .protocolError)
        for opcode in [9, 10] as [UInt8] {
            var control = WireFrame(opcode, [])
            control.reserved = 4
            #expect(failure([control], compressed) == .protocolError)
        }
        for reserved in [1, 2, 3, 5, 6, 7] as [UInt8] {
            var frame = DeflateWire().frames(1, Self.text.utf8)[0]
            frame.reserved = reserved
            #expect(failure([frame], compressed) == .protocolError)
        }
    }

    @Test(arguments: bothRoles) func whatIsNoDeflate(_ role: Role) {
        let loop = Self.loop()
        for payload in [[0xFF], [0x07, 0xFF], [0xFE, 1, 2, 3]] as [[UInt8]] {
            for size in [1, .max] {
                var subject = MachineFixture.compressed(role, loop: loop)
                var frame = WireFrame(2, payload)
                frame.reserved = 4
                let actions = subject.receive(bytes: subject.bytes([frame, .close(1007)]), by: size)
                #expect(actions.first?.failure == .invalidPayload)
                #expect(actions.last == .closeChannel)
            }
        }
        // The inflaters that the loop has got back are as good as new.
        var subject = MachineFixture.compressed(role, loop: loop)
        #expect(subject.receive(bytes: subject.bytes(DeflateWire().frames(1, Self.text.utf8)), by: 5) == [.text(Self.text)])
    }

    @Test(arguments: bothRoles) func textThatIsNotUTF8(_ role: Role) {
        let loop = Self.loop()
        for bytes in [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            var subject = MachineFixture.compressed(role, loop: loop)
            let actions = subject.receive(bytes: subject.bytes(DeflateWire().frames(1, bytes, by: 1)), by: 1)
            #expect(actions.map(\.failure) == [.invalidPayload])
            subject = MachineFixture.compressed(role, loop: loop)
            #expect(subject.receive(bytes: subject.bytes(DeflateWire().frames(2, bytes, by: 1)), by: 1) == [.binary(bytes)])
        }
    }
}
