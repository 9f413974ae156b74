import NIOCore
import NIOHTTP1
import Testing

@testable import ChatTransport

/// RFC 6455 section 4.2.
struct ServerHandshakeStateMachineTests {
    private typealias Machine = ServerHandshakeHandler.StateMachine

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: HTTPResponseStatus?
        var change: @Sendable (inout HTTPRequestHead) -> Void

        init(_ description: String, _ status: HTTPResponseStatus?, _ change: @escaping @Sendable (inout HTTPRequestHead) -> Void) {
            self.testDescription = description
            self.status = status
            self.change = change
        }
    }

    private static let head = HTTPRequestHead(
        version: .http1_1, method: .GET, uri: "/chat",
        headers: [
            "Host": "server.example.com", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": HandshakeRequest.sampleKey,
            "Sec-WebSocket-Version": "13",
        ])

    private static let cases: [Case] = [
        Case("as in the RFC", nil) { _ in },
        Case("other case", nil) { $0.headers.replaceOrAdd(name: "Upgrade", value: "WebSocket") },
        Case("several upgrades", nil) { $0.headers.replaceOrAdd(name: "Upgrade", value: "h2c, websocket") },
        Case("several connection options", nil) { $0.headers.replaceOrAdd(name: "Connection", value: "keep-alive, Upgrade") },
        Case("connection options in two fields", nil) { $0.headers.add(name: "Connection", value: "keep-alive") },
        Case("POST", .badRequest) { $0.method = .POST },
        Case("HEAD", .badRequest) { $0.method = .HEAD },
        Case("HTTP/1.0", .badRequest) { $0.version = .http1_0 },
        Case("HTTP/1.2", .badRequest) { $0.version = .init(major: 1, minor: 2) },
        Case("no Upgrade", .upgradeRequired) { $0.headers.remove(name: "Upgrade") },
        Case("another Upgrade", .upgradeRequired) { $0.headers.replaceOrAdd(name: "Upgrade", value: "h2c") },
        Case("no Connection", .upgradeRequired) { $0.headers.remove(name: "Connection") },
        Case("another Connection", .upgradeRequired) { $0.headers.replaceOrAdd(name: "Connection", value: "keep-alive") },
        Case("no key", .badRequest) { $0.headers.remove(name: "Sec-WebSocket-Key") },
        Case("two keys", .badRequest) { $0.headers.add(name: "Sec-WebSocket-Key", value: HandshakeRequest.sampleKey) },
        Case("no Host", .badRequest) { $0.headers.remove(name: "Host") },
        Case("two Hosts", .badRequest) { $0.headers.add(name: "Host", value: "server.example.com") },
    ]

    @Test(arguments: Self.cases) func checksARequest(_ test: Case) {
        var head = Self.head
        test.change(&head)
        var machine = Machine()
        #expect(machine.receive(.head(head)) == .none)
        let action = machine.receive(.end(nil))
        guard let status = test.status else {
            #expect(action == .decide(head))
            return
        }
        #expect(action == .reject(status, headers: status == .upgradeRequired ? ["Upgrade": "websocket"] : [:]))
        #expect(machine.decided() == false)
    }

    @Test(arguments: [[], ["8"], ["12"], ["14"], ["013"], ["13", "13"], ["13, 8"]]) func saysWhichVersionWouldDo(_ versions: [String]) {
        var head = Self.head
        head.headers.remove(name: "Sec-WebSocket-Version")
        for version in versions { head.headers.add(name: "Sec-WebSocket-Version", value: version) }
        var machine = Machine()
        _ = machine.receive(.head(head))
        #expect(
            machine.receive(.end(nil))
                == .reject(.upgradeRequired, headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"]))
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25jZQ==A", "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25j-_==",
        "dGhlIHNhbXBsZSBub25jé==", "dGhlIHNhbXBsZSBub25jZQ=A",
    ])
    func refusesAKeyThatIsNotSixteenBytes(_ key: String) {
        var head = Self.head
        head.headers.replaceOrAdd(name: "Sec-WebSocket-Key", value: key)
        var machine = Machine()
        _ = machine.receive(.head(head))
        #expect(machine.receive(.end(nil)) == .reject(.badRequest, headers: [:]))
    }

    @Test func refusesABody() {
        var machine = Machine()
        _ = machine.receive(.head(Self.head))
        #expect(machine.receive(.body(ByteBuffer(string: "a"))) == .reject(.badRequest, headers: [:]))
        #expect(machine.receive(.end(nil)) == .none)
    }

    @Test func refusesAnythingBesideTheOneRequest() {
        let parts: [HTTPServerRequestPart] = [.head(Self.head), .body(ByteBuffer(string: "a")), .end(nil)]
        for part in parts.dropFirst() {
            var machine = Machine()
            #expect(machine.receive(part) == .reject(.badRequest, headers: [:]))
        }
        var machine = Machine()
        _ = machine.receive(.head(Self.head))
        #expect(machine.receive(.head(Self.head)) == .reject(.badRequest, headers: [:]))
        for part in parts {
            machine = Machine()
            _ = machine.receive(.head(Self.head))
            #expect(machine.receive(.end(nil)) == .decide(Self.head))
            #expect(machine.receive(part) == .reject(.badRequest, headers: [:]))
            // The decision that was asked for comes too late.
            #expect(machine.decided() == false)
        }
    }

    @Test func theDecisionCountsOnce() {
        var machine = Machine()
        #expect(machine.decided() == false)
        _ = machine.receive(.head(Self.head))
        #expect(machine.decided() == false)
        _ = machine.receive(.end(nil))
        #expect(machine.decided() == true)
        #expect(machine.decided() == false)
        #expect(machine.end() == false)
        #expect(machine.receive(.head(Self.head)) == .none)
        #expect(machine.receiveUnreadable() == .none)
    }

    @Test(arguments: 0...2) func theEndAndUnreadableBytesCountAnywhereBefore(_ parts: Int) {
        var machine = Machine()
        for part in [HTTPServerRequestPart.head(Self.head), .end(nil)].prefix(parts) { _ = machine.receive(part) }
        var other = machine
        #expect(machine.end() == true)
        #expect(machine.end() == false)
        #expect(machine.decided() == false)
        #expect(machine.receive(.head(Self.head)) == .none)

        #expect(other.receiveUnreadable() == .reject(.badRequest, headers: [:]))
        #expect(other.receiveUnreadable() == .none)
        #expect(other.decided() == false)
    }
}
