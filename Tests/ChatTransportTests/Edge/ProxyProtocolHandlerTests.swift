import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct ProxyProtocolHandlerTests {
    private static let line = "PROXY TCP4 192.0.2.1 198.51.100.2 4660 443\r\n"

    /// A channel whose header has 5 s, and what the handler said of it.
    private final class Subject {
        let channel = EmbeddedChannel()
        private(set) var sources: [SocketAddress?] = []

        init(whenReceived: @escaping (EmbeddedChannel) -> Void = { _ in }) throws {
            let handler = ProxyProtocolHandler(deadline: .uptimeNanoseconds(0) + .seconds(5)) { [unowned self] source in
                self.sources.append(source)
                whenReceived(self.channel)
            }
            try self.channel.pipeline.syncOperations.addHandler(handler)
            try self.channel.connect(to: SocketAddress(ipAddress: "10.0.0.1", port: 1)).wait()
        }

        func receive(_ text: String) throws { try self.channel.writeInbound(ByteBuffer(string: text)) }

        func forwarded() throws -> String {
            var text = ""
            while let bytes = try self.channel.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }

        var isStillThere: Bool { (try? self.channel.pipeline.syncOperations.handler(type: ProxyProtocolHandler.self)) != nil }
    }

    @Test(arguments: [1, 3, 20, 1000]) func makesWay(_ chunk: Int) throws {
        let subject = try Subject()
        var rest = (Self.line + "hello")[...]
        while !rest.isEmpty {
            try subject.receive(String(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        #expect(try subject.sources == [SocketAddress(ipAddress: "192.0.2.1", port: 4660)])
        #expect(!subject.isStillThere)
        try subject.receive(" world")
        #expect(try subject.forwarded() == "hello world")
        // The time is no longer counted.
        subject.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(subject.channel.isActive)
    }

    @Test func aHealthCheck() throws {
        let subject = try Subject()
        try subject.channel.writeInbound(ByteBuffer(bytes: ProxyProtocolVersionTwoTests.header(0x20, 0, [])))
        #expect(subject.sources == [nil])
        #expect(try subject.forwarded() == "")
        #expect(!subject.isStillThere)
    }

    @Test func withoutAHeader() throws {
        let subject = try Subject()
        #expect(throws: ProxyProtocolError.invalidHeader) { try subject.receive("GET / HTTP/1.1\r\n\r\n") }
        #expect(!subject.channel.isActive)
        #expect(subject.sources.isEmpty)
        #expect(try subject.forwarded() == "")
    }

    @Test func whatComesAfterARefusalIsNotLookedAt() throws {
        let subject = try Subject()
        #expect(throws: ProxyProtocolError.invalidHeader) { try subject.receive("GET") }
        subject.channel.pipeline.fireChannelRead(ByteBuffer(string: Self.line))
        #expect(subject.sources.isEmpty)
        #expect(try subject.forwarded() == "")
    }

    @Test(arguments: ["", "P", "PROXY TCP4 192.0.2.1 198.51.100.2 4660 443\r"]) func aHeaderThatTakesTooLong(_ start: String) throws {
        let subject = try Subject()
        if !start.isEmpty { try subject.receive(start) }
        subject.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(subject.channel.isActive)
        subject.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!subject.channel.isActive)
        #expect(subject.sources.isEmpty)
        #expect(throws: ProxyProtocolError.timeout) { try subject.channel.throwIfErrorCaught() }
    }

    /// One byte a second does not keep it open.
    @Test func aHeaderThatComesSlowly() throws {
        let subject = try Subject()
        for character in Self.line.prefix(5) {
            #expect(subject.channel.isActive)
            try subject.receive("\(character)")
            subject.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(!subject.channel.isActive)
    }

    @Test func thePeerEnds() throws {
        let halfClosed = try Subject()
        try halfClosed.receive("PROXY")
        halfClosed.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!halfClosed.channel.isActive)
        #expect(halfClosed.sources.isEmpty)

        let closed = try Subject()
        try closed.receive("PROXY")
        try closed.channel.close().wait()
        closed.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        try closed.channel.throwIfErrorCaught()
        #expect(closed.sources.isEmpty)
    }

    /// Neither the timer nor the pipeline holds it for the rest of its time.
    @Test func isGoneWhenItHasMadeWay() throws {
        let channel = EmbeddedChannel()
        weak var handler: ProxyProtocolHandler?
        do {
            let added = ProxyProtocolHandler(deadline: .uptimeNanoseconds(0) + .seconds(5)) { _ in }
            try channel.pipeline.syncOperations.addHandler(added)
            handler = added
        }
        #expect(handler != nil)
        try channel.writeInbound(ByteBuffer(string: Self.line))
        #expect(handler == nil)
    }

    /// Too many connections of that address, say.
    @Test func theReceiverCloses() throws {
        let subject = try Subject { $0.close(promise: nil) }
        try subject.receive(Self.line + "hello")
        #expect(subject.sources.count == 1)
        #expect(try subject.forwarded() == "")
        #expect(!subject.channel.isActive)
    }

    /// Handlers that the receiver adds get the bytes.
    @Test func theReceiverAddsHandlers() throws {
        final class Upper: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias InboundOut = ByteBuffer
            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                context.fireChannelRead(self.wrapInboundOut(ByteBuffer(string: String(buffer: self.unwrapInboundIn(data)).uppercased())))
            }
        }
        let subject = try Subject { channel in
            #expect(throws: Never.self) { try channel.pipeline.syncOperations.addHandler(Upper()) }
        }
        try subject.receive(Self.line + "hello")
        #expect(try subject.forwarded() == "HELLO")
    }
}
