import NIOCore

@testable import ChatTransport

/// A proxy's answer to `CONNECT`, as the client reads it.
enum ProxyConnectTarget: FuzzTarget {
    static let name = "CONNECT"
    static let weight = 3

    private static let mutation = Mutation(tokens: [
        "\r\n\r\n", "\r\n", "HTTP/1.1 200", "HTTP/1.0 100 \r\n\r\n", " ", "101", "407", "-20", "2 0",
    ])

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.within(1...3) {
            let status = random.pick([100, 101, 102, 199, 200, 200, 204, 299, 302, 407, 502])
            bytes += Array("HTTP/1.\(random.below(2)) \(status)\(random.once(in: 3) ? "" : " OK")\r\n".utf8)
            for _ in 0..<random.below(3) { bytes += Array("Name: value\r\n".utf8) }
            if random.once(in: 200) { bytes += Array("Long: \(String(repeating: "x", count: random.within(16_300...16_400)))\r\n".utf8) }
            bytes += [0x0D, 0x0A]
        }
        if random.once(in: 2) { self.mutation.apply(to: &bytes, &random) }
        return [random.byte(), random.byte()] + bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let seed = input.word()
        let whole = self.outcome([input.rest])
        let cut = self.outcome(Chunks(input.rest, seed: seed))
        try check(whole == cut, "the proxy's answer depends on how the bytes are cut", "whole: \(whole)\ncut:   \(cut)")
        if whole == .none { try check(input.rest.count <= 16 * 1024, "an answer that is too long is waited for") }
    }

    private static func outcome(_ reads: some Sequence<ArraySlice<UInt8>>) -> ProxyConnectHandler.StateMachine.Action {
        var machine = ProxyConnectHandler.StateMachine()
        _ = machine.start()
        var action = ProxyConnectHandler.StateMachine.Action.none
        for read in reads {
            switch action {
            case .none: action = machine.receive(ByteBuffer(bytes: read))
            case .connect(var early):
                early.writeBytes(read)
                action = .connect(early: early)
            case .fail: return action
            }
        }
        return action
    }
}
