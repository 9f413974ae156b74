import ChatProtocol
import NIOCore
import NIOWebSocket

@testable import ChatTransport

typealias Role = WebSocketHandler.StateMachine.Role

let bothRoles: [Role] = [.client, .server]

/// A state machine and a peer of it that masks as it should.
struct MachineFixture {
    typealias Action = WebSocketHandler.StateMachine.FrameAction

    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    var machine: WebSocketHandler.StateMachine
    let role: Role

    init(_ role: Role, _ change: (inout WebSocketConfiguration) -> Void = { _ in }) {
        var configuration = WebSocketConfiguration()
        change(&configuration)
        self.role = role
        self.machine = .init(configuration: configuration, role: role, now: Self.start)
    }

    static func at(_ time: Duration) -> NIODeadline { self.start + TimeAmount(time) }

    mutating func receive(_ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, fin: Bool = true, at time: Duration = .zero) -> Action
    {
        self.machine.receive(Self.frame(opcode, payload, fin: fin, isMasked: self.role == .server), now: Self.at(time))
    }

    mutating func receive(_ opcode: WebSocketOpcode, _ text: String, fin: Bool = true, at time: Duration = .zero) -> Action {
        self.receive(opcode, text.utf8, fin: fin, at: time)
    }

    static func frame(
        _ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, fin: Bool = true, isMasked: Bool
    ) -> WebSocketFrame {
        var data = ByteBuffer(bytes: payload)
        let mask: WebSocketMaskingKey? = isMasked ? [0x37, 0xFA, 0x21, 0x3D] : nil
        if let mask { data.webSocketMask(mask) }
        return WebSocketFrame(fin: fin, opcode: opcode, maskKey: mask, data: data)
    }
}

extension WebSocketHandler.StateMachine.FrameAction {
    static func text(_ text: String) -> Self { .deliver(WebSocketMessage(.text, ByteBuffer(string: text))) }

    static func binary(_ bytes: [UInt8]) -> Self { .deliver(WebSocketMessage(.binary, ByteBuffer(bytes: bytes))) }

    /// The code with which this end fails the connection, if it does.
    var failure: WebSocketCloseCode? {
        if case .sendClose(let code, _, thenClose: false) = self { code } else { nil }
    }
}
