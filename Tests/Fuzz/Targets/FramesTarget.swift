import ChatProtocol
import NIOCore

@testable import ChatTransport

/// A peer's bytes behind the handshake, into the state machine.
enum FramesTarget: FuzzTarget {
    static let name = "frames"
    static let weight = 40

    typealias Action = WebSocketHandler.StateMachine.FrameAction

    /// The options of a case.
    struct Options {
        var isServer: Bool
        var isCompressed: Bool
        var takesOverContext: Bool
        /// Whether this end closes before anything comes.
        var closesFirst: Bool
        var limits: Int
        var windowBits: Int

        init(_ input: inout FuzzInput) {
            var bits = input.byte()
            self.isServer = input.flag(&bits)
            self.isCompressed = input.flag(&bits)
            self.takesOverContext = input.flag(&bits)
            let closesFirst = input.flag(&bits)
            self.limits = Int(bits & 3)
            bits >>= 2
            self.closesFirst = closesFirst && bits == 0
            self.windowBits = 15 - Int(input.byte() % 8)
        }

        var settings: WebSocketSettings { FramesTarget.settings[self.limits * 2 + (self.isServer ? 1 : 0)] }
    }

    private static let settings: [WebSocketSettings] = [(32 * 1024, 128 * 1024), (125, 300), (65_537, 66_000), (400, 200)].flatMap {
        limits in
        [WebSocketFrameReader.Role.client, .server].map { role in
            var configuration = WebSocketConfiguration()
            (configuration.maximumFrameBytes, configuration.maximumMessageBytes) = limits
            configuration.maximumControlFramesPerSecond = Self.maximumControlFrames
            return WebSocketSettings(configuration, role: role)
        }
    }

    /// All of a case comes at one moment.
    private static let maximumControlFrames = 6

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        let bits = random.byte()
        let header = [bits, random.once(in: 4) ? random.byte() : 0, random.byte(), random.byte()]
        let deflater = bits & 2 == 0 ? nil : DeflateGenerator.deflater(takesOverContext: bits & 4 != 0)
        var frames = FrameGenerator(isMasked: bits & 1 != 0, deflater: deflater, isWrong: random.once(in: 3))
        for _ in 0..<random.within(1...5) { frames.item(&random) }
        var bytes = frames.bytes
        if random.once(in: 4) { Mutation().apply(to: &bytes, &random) }
        return header + bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let options = Options(&input)
        let seed = input.word()
        let bytes = input.rest
        let whole = try self.actions([bytes], options)
        let cut = try self.actions(Chunks(bytes, seed: seed), options)
        try self.checkRules(whole, options)
        try self.compare(whole: whole, cut: cut, options)
        // zlib takes a reference beyond a smaller window while what it points at happens to be there.
        if options.windowBits == 15 || !options.isCompressed { try self.compareWithReference(whole, bytes, options) }
    }

    // MARK: The machine

    nonisolated(unsafe) private static let pool = InflaterPool()
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    static func machine(_ options: Options) -> WebSocketHandler.StateMachine {
        let settings = options.settings
        let inflating =
            options.isCompressed
            ? MessageInflating(
                windowBits: options.windowBits, takesOverContext: options.takesOverContext,
                limits: .init(maximumBytes: settings.maximumMessageBytes, maximumRatio: 200), pool: Self.pool) : nil
        var machine = WebSocketHandler.StateMachine(settings: settings, inflating: inflating, now: Self.start)
        if options.closesFirst { _ = machine.close(now: Self.start) }
        return machine
    }

    static func actions(_ reads: some Sequence<ArraySlice<UInt8>>, _ options: Options) throws(Finding) -> [Action] {
        var machine = self.machine(options)
        var actions: [Action] = []
        for read in reads {
            var buffer = ByteBuffer(bytes: read)
            var count = 0
            while let action = machine.next(&buffer, now: Self.start) {
                actions.append(action)
                count += 1
                try check(count <= read.count, "more actions than bytes")
            }
            try check(buffer.readableBytes == 0, "input was left", "\(buffer.readableBytes)")
            try self.checkMemory(machine, options)
        }
        return actions
    }

    private static func checkMemory(_ machine: WebSocketHandler.StateMachine, _ options: Options) throws(Finding) {
        guard let partial = machine.partial?.value else { return }
        try check(partial.header.readableBytes < WebSocketFrameHeader.maximumBytes, "a held back header is too long")
        try check(partial.control.readableBytes <= 125, "more of a control frame is collected than it may have")
        try check(partial.bytes.readableBytes <= options.settings.maximumMessageBytes, "more of a message is collected than it may have")
    }

    // MARK: Rules

    private static func checkRules(_ actions: [Action], _ options: Options) throws(Finding) {
        var hasClosed = options.closesFirst
        var hasEnded = false
        for action in actions {
            try check(!hasEnded, "an action after the end")
            switch action {
            case .deliver(let message):
                try check(!hasClosed, "a message was delivered after the close frame")
                try check(message.bytes.readableBytes <= options.settings.maximumMessageBytes, "a message over the limit was delivered")
                guard message.kind == .text else { continue }
                try check(ReferenceUTF8.isValid(message.bytes.readableBytesView), "text that is not UTF-8 was delivered")
            case .sendPong(let payload):
                try check(!hasClosed, "a pong after the close frame")
                try check(payload.readableBytes <= 125, "a pong that is too long")
            case .sendClose(let code, let reason, _):
                try check(!hasClosed, "a second close frame")
                try check(code?.mayBeSent != false, "a close code that may not be sent", "\(code!.rawValue)")
                try check(reason.utf8.count <= 123, "a close reason that is too long")
                hasClosed = true
            case .closeChannel:
                try check(hasClosed, "the channel is closed without a close frame")
                hasEnded = true
            }
        }
    }

    private static func compare(whole: [Action], cut: [Action], _ options: Options) throws(Finding) {
        guard whole != cut else { return }
        if options.isCompressed, options.windowBits < 15 {
            // As above: the message that refers too far is taken or not, but what both take is the same.
            let (one, other) = (self.messages(whole), self.messages(cut))
            return try check(zip(one, other).allSatisfy { $0 == $1 }, "messages depend on how the bytes are cut, in a small window")
        }
        throw Finding("the actions depend on how the bytes are cut", "whole: \(whole)\ncut:   \(cut)")
    }

    static func messages(_ actions: [Action]) -> [WebSocketMessage] {
        actions.compactMap { if case .deliver(let message) = $0 { message } else { nil } }
    }

    // MARK: Reference

    static func reference(_ bytes: ArraySlice<UInt8>, _ options: Options) -> [ReferenceFrames.Event] {
        let settings = options.settings
        let inflate =
            options.isCompressed
            ? ReferenceInflate(takesOverContext: options.takesOverContext, limit: settings.maximumMessageBytes) : nil
        let rules = ReferenceFrames.Rules(
            isServer: options.isServer, maximumFrameBytes: settings.maximumFrameBytes,
            maximumMessageBytes: settings.maximumMessageBytes, maximumControlFrames: Self.maximumControlFrames, inflate: inflate)
        return ReferenceFrames(bytes, rules: rules, closesFirst: options.closesFirst).events
    }

    private static func compareWithReference(_ actions: [Action], _ bytes: ArraySlice<UInt8>, _ options: Options) throws(Finding) {
        var expected = self.reference(bytes, options)
        var events = actions.map(ReferenceFrames.Event.init)
        let mayFailEarly =
            options.isCompressed
            && events.contains { $0 == .close(1007, thenClose: false) || $0 == .close(1009, thenClose: false) }
        if mayFailEarly {
            // The reference looks at a compressed message when it is whole.
            expected.removeAll { if case .message = $0 { false } else { true } }
            events.removeAll { if case .message = $0 { false } else { true } }
        }
        try check(events == expected, "the reference decoder disagrees", "machine:   \(events)\nreference: \(expected)")
    }
}

extension ReferenceFrames.Event {
    init(_ action: FramesTarget.Action) {
        switch action {
        case .deliver(let message): self = .message(isText: message.kind == .text, Array(message.bytes.readableBytesView))
        case .sendPong(let payload): self = .pong(Array(payload.readableBytesView))
        case .sendClose(let code, _, let thenClose): self = .close(code?.rawValue, thenClose: thenClose)
        case .closeChannel: self = .end
        }
    }
}
