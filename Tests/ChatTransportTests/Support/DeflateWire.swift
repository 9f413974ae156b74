import ChatProtocol
import NIOCore

@testable import ChatTransport

/// A peer's end of permessage-deflate.
final class DeflateWire {
    private let deflater: MessageDeflater
    private let inflater: MessageInflater

    /// - Parameter takesOverContext: in both directions.
    init(windowBits: Int = 15, takesOverContext: Bool = false) {
        self.deflater = MessageDeflater(windowBits: windowBits, memoryLevel: 8, level: 6, takesOverContext: takesOverContext)
        self.inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
    }

    func deflate(_ payload: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        Array(payload).withUnsafeBytes { self.deflater.deflate($0) { bytes += $0 } }
        return bytes
    }

    func inflate(_ payload: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try payload.withUnsafeBytes { chunk in
            try self.inflater.inflate(chunk, isLast: true, limit: .init(maximumBytes: 1 << 26, maximumRatio: 2000)) { bytes += $0 }
        }
        return bytes
    }

    /// A compressed message in frames of so many bytes.
    func frames(_ opcode: UInt8, _ payload: some Collection<UInt8>, by size: Int = .max) -> [WireFrame] {
        let compressed = self.deflate(payload)
        var frames: [WireFrame] = []
        var rest = compressed[...]
        repeat {
            var frame = WireFrame(frames.isEmpty ? opcode : 0, rest.prefix(size), fin: rest.count <= size)
            if frames.isEmpty { frame.reserved = 4 }
            frames.append(frame)
            rest = rest.dropFirst(size)
        } while !rest.isEmpty
        return frames
    }
}

extension MachineFixture {
    /// With permessage-deflate.
    static func compressed(
        _ role: Role, takesOverContext: Bool = false, windowBits: Int = 15, loop: WebSocketLoop,
        _ change: (inout WebSocketConfiguration) -> Void = { _ in }
    ) -> MachineFixture {
        var subject = MachineFixture(role)
        var configuration = WebSocketConfiguration()
        configuration.compression = WebSocketCompression()
        change(&configuration)
        let settings = WebSocketSettings(configuration, role: role)
        let parameters = PerMessageDeflateParameters(
            serverNoContextTakeover: !takesOverContext, clientNoContextTakeover: !takesOverContext, serverMaxWindowBits: windowBits,
            clientMaxWindowBits: windowBits)
        let compressing = Compressing(parameters, settings: settings, loop: loop)
        subject.machine = .init(settings: settings, inflating: compressing.inflating, now: Self.start)
        return subject
    }

    /// The frames' bytes, as the peer of this role sends them.
    func bytes(_ frames: [WireFrame]) -> [UInt8] { frames.flatMap { (self.role == .server ? $0.masked : $0).bytes } }

    /// Everything that is to be done for these bytes, which come so many at a time.
    mutating func receive(bytes: [UInt8], by size: Int) -> [WebSocketHandler.StateMachine.FrameAction] {
        var actions: [WebSocketHandler.StateMachine.FrameAction] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var input = ByteBuffer(bytes: rest.prefix(size))
            rest = rest.dropFirst(size)
            while let action = self.machine.next(&input, now: Self.start) { actions.append(action) }
        }
        return actions
    }
}
