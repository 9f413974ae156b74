import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

/// RFC 6455 section 4.2.
struct ServerHandshakeStateMachineTests {
    private typealias Machine = ServerHandshakeHandler.StateMachine

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Nil if the request is welcome.
        var status: Int?
        var change: @Sendable (inout HandshakeRequest) -> Void

        init(_ description: String, _ status: Int?, _ change: @escaping @Sendable (inout HandshakeRequest) -> Void) {
            self.testDescription = description
            self.status = status
            self.change = change
        }
    }

    private static func machine(maximumEarlyBytes: Int = 1000) -> Machine {
        Machine(limits: .init(bytes: 1000, fields: 10), maximumEarlyBytes: maximumEarlyBytes)
    }

    private static func receive(_ request: HandshakeRequest, _ machine: inout Machine) -> Machine.Action {
        machine.receive(ByteBuffer(string: request.text))
    }

    private static func status(_ action: Machine.Action) -> Int? {
        if case .reject(let status, _) = action { status.code } else { nil }
    }

    private static func decides(_ action: Machine.Action) -> Bool {
        if case .decide = action { true } else { false }
    }

    private static let cases: [Case] = [
        Case("as in the RFC", nil) { _ in },
        Case("other case", nil) { $0.set("Upgrade", "WebSocket") },
        Case("several upgrades", nil) { $0.set("Upgrade", "h2c, websocket") },
        Case("several connection options", nil) { $0.set("Connection", "keep-alive, Upgrade") },
        Case("connection options in two fields", nil) { $0.add("Connection", "keep-alive") },
        Case("an empty body", nil) { $0.add("Content-Length", "0") },
        Case("POST", 400) { $0.line = "POST /chat HTTP/1.1" },
        Case("HEAD", 400) { $0.line = "HEAD /chat HTTP/1.1" },
        Case("a method in lower case", 400) { $0.line = "get /chat HTTP/1.1" },
        Case("an absolute target", nil) { $0.line = "GET http://a/chat HTTP/1.1" },
        Case("a target of another scheme", 400) { $0.line = "GET ftp://a/chat HTTP/1.1" },
        Case("an absolute target without a host", 400) { $0.line = "GET http:///chat HTTP/1.1" },
        Case("a target that is no path", 400) { $0.line = "GET * HTTP/1.1" },
        Case("two spaces", 400) { $0.line = "GET  /chat HTTP/1.1" },
        Case("four parts", 400) { $0.line = "GET /chat room HTTP/1.1" },
        Case("no version", 400) { $0.line = "GET /chat" },
        Case("a control in the target", 400) { $0.line = "GET /ch\u{1}at HTTP/1.1" },
        Case("HTTP/1.0", 400) { $0.line = "GET /chat HTTP/1.0" },
        Case("HTTP/1.2", 400) { $0.line = "GET /chat HTTP/1.2" },
        Case("a body", 400) {
            $0.add("Content-Length", "1")
            $0.body = "a"
        },
        Case("a chunked body", 400) { $0.add("Transfer-Encoding", "chunked") },
        Case("a space before the colon", 400) { $0.add("X-One ", "1") },
        Case("a folded line", 400) { $0.add("X-One", "1\r\n 2") },
        Case("a bare line feed", 400) { $0.add("X-One", "1\nX-Two: 2") },
        Case("a bare carriage return", 400) { $0.add("X-One", "1\r2") },
        Case("a NUL", 400) { $0.add("X-One", "1\u{0}") },
        Case("no colon", 400) { $0.line += "\r\nX-One" },
        Case("no name", 400) { $0.add("", "1") },
        Case("too many fields", 400) { for index in 0..<6 { $0.add("X-\(index)", "1") } },
        Case("as many fields as may be", nil) { for index in 0..<5 { $0.add("X-\(index)", "1") } },
        Case("too long", 400) { $0.add("X-One", String(repeating: "1", count: 1000)) },
        Case("no Upgrade", 426) { $0.set("Upgrade", nil) },
        Case("another Upgrade", 426) { $0.set("Upgrade", "h2c") },
        Case("no Connection", 426) { $0.set("Connection", nil) },
        Case("another Connection", 426) { $0.set("Connection", "keep-alive") },
        Case("no key", 400) { $0.set("Sec-WebSocket-Key", nil) },
        Case("two keys", 400) { $0.add("Sec-WebSocket-Key", HandshakeRequest.sampleKey) },
        Case("no Host", 400) { $0.set("Host", nil) },
        Case("two Hosts", 400) { $0.add("Host", "server.example.com") },
    ]

    @Test(arguments: Self.cases) func checksARequest(_ test: Case) {
        let request = HandshakeRequest().changed(test.change)
        var machine = Self.machine()
        let action = Self.receive(request, &machine)
        #expect(Self.status(action) == test.status)
        #expect(Self.decides(action) == (test.status == nil))
        if test.status == 426, case .reject(_, let fields) = action { #expect(fields == [.upgrade: "websocket"]) }
        if test.status != nil { #expect(machine.decided(accepts: true) == nil) }
    }

    /// However it comes, it is read the same.
    @Test func readsARequestByteByByte() {
        var machine = Self.machine()
        let bytes = Array(HandshakeRequest().text.utf8)
        for byte in bytes.dropLast() { #expect(machine.receive(ByteBuffer(bytes: [byte])) == .none) }
        let action = machine.receive(ByteBuffer(bytes: bytes.suffix(1)))
        guard case .decide(let request) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(request.method == "GET" && request.target.path == "/chat" && request.version == "HTTP/1.1")
        #expect(request.head.makeFields()[values: .secWebSocketKey] == [HandshakeRequest.sampleKey])
    }

    @Test func aRequestThatNeverEndsIsRefusedAtItsLimit() {
        var machine = Self.machine()
        #expect(machine.receive(ByteBuffer(string: "GET /")) == .none)
        #expect(machine.receive(ByteBuffer(repeating: 0x61, count: 994)) == .none)
        #expect(Self.status(machine.receive(ByteBuffer(repeating: 0x61, count: 1))) == 400)
    }

    @Test(arguments: ["POST", "G\r\n", "SSH-2.0", "\u{16}\u{3}\u{1}", " GET", "get "]) func whoSpeaksAnotherProtocolLearnsItAtOnce(
        _ text: String
    ) {
        var machine = Self.machine()
        #expect(Self.status(machine.receive(ByteBuffer(string: text))) == 400)
    }

    @Test(arguments: [[], ["8"], ["12"], ["14"], ["013"], ["13", "13"], ["13, 8"]]) func saysWhichVersionWouldDo(_ versions: [String]) {
        var request = HandshakeRequest()
        request.set("Sec-WebSocket-Version", nil)
        for version in versions { request.add("Sec-WebSocket-Version", version) }
        var machine = Self.machine()
        #expect(Self.receive(request, &machine) == .reject(.upgradeRequired, [.upgrade: "websocket", .secWebSocketVersion: "13"]))
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25jZQ==A", "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25j-_==",
        "dGhlIHNhbXBsZSBub25jé==", "dGhlIHNhbXBsZSBub25jZQ=A",
    ])
    func refusesAKeyThatIsNotSixteenBytes(_ key: String) {
        var machine = Self.machine()
        #expect(Self.status(Self.receive(HandshakeRequest().changed { $0.set("Sec-WebSocket-Key", key) }, &machine)) == 400)
    }

    @Test func whatComesBehindTheRequestIsKeptForTheDecision() {
        var machine = Self.machine()
        #expect(Self.decides(machine.receive(ByteBuffer(string: HandshakeRequest().text + "ab"))))
        #expect(machine.receive(ByteBuffer(string: "cd")) == .none)
        #expect(machine.decided(accepts: true) == ByteBuffer(string: "abcd"))
        #expect(machine.decided(accepts: true) == nil)
        #expect(machine.receive(ByteBuffer(string: "e")) == .none)
        #expect(machine.end() == false)
    }

    @Test(arguments: [true, false]) func whatComesBehindTheRequestIsBounded(_ isInOnePiece: Bool) {
        var machine = Self.machine(maximumEarlyBytes: 3)
        if isInOnePiece {
            #expect(machine.receive(ByteBuffer(string: HandshakeRequest().text + "abcd")) == .closeChannel)
        } else {
            #expect(Self.decides(machine.receive(ByteBuffer(string: HandshakeRequest().text + "abc"))))
            #expect(machine.receive(ByteBuffer(string: "d")) == .closeChannel)
        }
        #expect(machine.decided(accepts: true) == nil)
        #expect(machine.end() == false)
    }

    /// What a client goes on to send is thrown away, so that it gets to read the answer.
    @Test func nothingCountsAfterARefusal() {
        var machine = Self.machine()
        #expect(Self.status(Self.receive(HandshakeRequest().changed { $0.line = "POST / HTTP/1.1" }, &machine)) == 400)
        #expect(Self.receive(HandshakeRequest(), &machine) == .none)
        #expect(machine.decided(accepts: true) == nil)
        #expect(machine.end() == true)

        machine = Self.machine()
        _ = Self.receive(HandshakeRequest(), &machine)
        #expect(machine.decided(accepts: false) == ByteBuffer())
        #expect(Self.receive(HandshakeRequest(), &machine) == .none)
        #expect(machine.end() == true)
        #expect(machine.end() == false)
    }

    @Test(arguments: [true, false]) func theEndCountsAnywhereBefore(_ isAsked: Bool) {
        var machine = Self.machine()
        if isAsked { _ = Self.receive(HandshakeRequest(), &machine) }
        #expect(machine.end() == true)
        #expect(machine.end() == false)
        #expect(machine.decided(accepts: true) == nil)
        #expect(Self.receive(HandshakeRequest(), &machine) == .none)
    }
}
