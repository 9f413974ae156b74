import ChatProtocol
import NIOCore

@testable import ChatTransport

typealias Role = WebSocketFrameReader.Role

let bothRoles: [Role] = [.client, .server]

/// A state machine and a peer of it that masks as it should.
struct MachineFixture {
    typealias Action = WebSocketHandler.StateMachine.FrameAction?

    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    var machine: WebSocketHandler.StateMachine
    let role: Role

    init(_ role: Role, _ change: (inout WebSocketConfiguration) -> Void = { _ in }) {
        var configuration = WebSocketConfiguration()
        change(&configuration)
        self.role = role
        self.machine = .init(settings: WebSocketSettings(configuration, role: role), now: Self.start)
    }

    static func at(_ time: Duration) -> NIODeadline { self.start + TimeAmount(time) }

    /// What is to be done for a frame, which comes in one piece.
    mutating func receive(_ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, fin: Bool = true, at time: Duration = .zero) -> Action
    {
        self.receive(Self.frame(opcode, payload, fin: fin, isMasked: self.role == .server), at: time)
    }

    mutating func receive(_ opcode: WebSocketOpcode, _ text: String, fin: Bool = true, at time: Duration = .zero) -> Action {
        self.receive(opcode, text.utf8, fin: fin, at: time)
    }

    mutating func receive(_ frame: WireFrame, at time: Duration = .zero) -> Action {
        var bytes = ByteBuffer(bytes: frame.bytes)
        let action = self.machine.next(&bytes, now: Self.at(time))
        // Whatever follows an action is read on.
        if action != nil { precondition(self.machine.next(&bytes, now: Self.at(time)) == nil) }
        precondition(bytes.readableBytes == 0)
        return action
    }

    static func frame(_ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, fin: Bool = true, isMasked: Bool) -> WireFrame {
        let frame = WireFrame(opcode.rawValue, payload, fin: fin)
        return isMasked ? frame.masked : frame
    }
}

extension WebSocketHandler.StateMachine.FrameAction {
    static func text(_ text: String) -> Self { .deliver(WebSocketMessage(.text, ByteBuffer(string: text))) }

    static func binary(_ bytes: [UInt8]) -> Self { .deliver(WebSocketMessage(.binary, ByteBuffer(bytes: bytes))) }

    /// The code of the close frame that this end sends, if it does.
    var closeCode: WebSocketCloseCode? {
        if case .sendClose(let code, _, _) = self { code } else { nil }
    }

    /// The code with which this end fails the connection, if it does.
    var failure: WebSocketCloseCode? {
        if case .sendClose(let code, _, thenClose: false) = self { code } else { nil }
    }
}

extension WebSocketHandler.StateMachine.FrameAction? {
    var failure: WebSocketCloseCode? { self?.failure }
}
