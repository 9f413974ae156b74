import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct ProxyConnectHandlerTests {
    /// A channel to a proxy that has 5 s.
    private final class Subject {
        let channel = EmbeddedChannel()
        let connected: EventLoopPromise<Void>
        private(set) var failure: WebSocketProxyError?
        private(set) var isConnected = false

        init(isActive: Bool = true, targetHost: String = "server.example.com") throws {
            self.connected = self.channel.eventLoop.makePromise()
            self.connected.futureResult.assumeIsolated().whenComplete { [unowned self] result in
                switch result {
                case .success: self.isConnected = true
                case .failure(let error): self.failure = error as? WebSocketProxyError
                }
            }
            WebSocketProxy.addToPipeline(
                of: self.channel, proxy: WebSocketProxy(host: "proxy", port: 3128), targetHost: targetHost, targetPort: 443,
                deadline: .uptimeNanoseconds(0) + .seconds(5), connected: self.connected)
            if isActive { try self.becomeActive() }
        }

        func becomeActive() throws {
            try self.channel.connect(to: SocketAddress(ipAddress: "10.0.0.1", port: 3128)).wait()
        }

        func receive(_ text: String) throws { try self.channel.writeInbound(ByteBuffer(string: text)) }

        func request() throws -> String? { try self.channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) } }

        func forwarded() throws -> String {
            var text = ""
            while let bytes = try self.channel.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }

        var isStillThere: Bool { (try? self.channel.pipeline.syncOperations.handler(type: ProxyConnectHandler.self)) != nil }

        func expectFailure(_ error: WebSocketProxyError, sourceLocation: SourceLocation = #_sourceLocation) throws {
            #expect(self.failure == error, sourceLocation: sourceLocation)
            #expect(!self.isConnected, sourceLocation: sourceLocation)
            #expect(!self.channel.isActive, sourceLocation: sourceLocation)
            #expect(try self.forwarded() == "", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [1, 7, 1000]) func aTunnel(_ chunk: Int) throws {
        let subject = try Subject()
        #expect(try subject.request() == "CONNECT server.example.com:443 HTTP/1.1\r\nHost: server.example.com:443\r\n\r\n")
        var rest = "HTTP/1.1 200 OK\r\nVia: proxy\r\n\r\nearly"[...]
        while !rest.isEmpty {
            #expect(!subject.isConnected || !rest.hasPrefix("HTTP"))
            try subject.receive(String(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        #expect(subject.isConnected)
        #expect(!subject.isStillThere)
        try subject.receive(" and late")
        #expect(try subject.forwarded() == "early and late")
        #expect(try subject.request() == nil)
        // The time is no longer counted.
        subject.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(subject.channel.isActive)
    }

    @Test func asksOnceItIsConnected() throws {
        let subject = try Subject(isActive: false)
        #expect(try subject.request() == nil)
        try subject.becomeActive()
        #expect(try subject.request()?.hasPrefix("CONNECT ") == true)
        #expect(try subject.request() == nil)
        try subject.receive("HTTP/1.1 200 OK\r\n\r\n")
        #expect(subject.isConnected)
    }

    /// What is added in the callback gets the bytes that have come already, and can send at once.
    @Test func handlersThatAreAddedInTheCallback() throws {
        final class Greeter: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias InboundOut = String
            typealias OutboundOut = ByteBuffer

            func handlerAdded(context: ChannelHandlerContext) {
                context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "hello")), promise: nil)
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                context.fireChannelRead(self.wrapInboundOut(String(buffer: self.unwrapInboundIn(data))))
            }
        }
        let subject = try Subject()
        _ = try subject.request()
        subject.connected.futureResult.assumeIsolated().whenSuccess {
            #expect(throws: Never.self) { try subject.channel.pipeline.syncOperations.addHandler(Greeter()) }
        }
        try subject.receive("HTTP/1.1 200 OK\r\n\r\nearly")
        #expect(try subject.request() == "hello")
        #expect(try subject.channel.readInbound(as: String.self) == "early")
        #expect(!subject.isStillThere)
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", WebSocketProxyError(.authenticationRequired, status: 407)),
        ("HTTP/1.1 403 Forbidden\r\n\r\nno", WebSocketProxyError(.refused, status: 403)), ("SSH-2.0", WebSocketProxyError(.invalidAnswer)),
        ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 20_000), WebSocketProxyError(.headerTooLong)),
    ])
    func aRefusal(_ answer: String, _ error: WebSocketProxyError) throws {
        let subject = try Subject()
        try subject.receive(answer)
        try subject.expectFailure(error)
        // Nothing changes that.
        subject.channel.pipeline.fireChannelRead(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"))
        try subject.expectFailure(error)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n"]) func takesTooLong(_ start: String) throws {
        let subject = try Subject()
        if !start.isEmpty { try subject.receive(start) }
        subject.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(subject.channel.isActive)
        subject.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        try subject.expectFailure(WebSocketProxyError(.timeout))
    }

    @Test func theConnectionEnds() throws {
        let closed = try Subject()
        try closed.receive("HTTP/1.1 200 OK\r\n")
        try closed.channel.close().wait()
        try closed.expectFailure(WebSocketProxyError(.closed))

        let halfClosed = try Subject()
        halfClosed.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        try halfClosed.expectFailure(WebSocketProxyError(.closed))

        let failed = try Subject()
        failed.channel.pipeline.fireErrorCaught(ChannelError.ioOnClosedChannel)
        try failed.expectFailure(WebSocketProxyError(.closed))
        #expect(throws: ChannelError.self) { try failed.channel.throwIfErrorCaught() }
    }

    /// Neither the timer nor the pipeline holds it for the rest of its time.
    @Test func isGoneWhenItHasMadeWay() throws {
        let subject = try Subject()
        weak let handler = try subject.channel.pipeline.syncOperations.handler(type: ProxyConnectHandler.self)
        #expect(handler != nil)
        try subject.receive("HTTP/1.1 200 OK\r\n\r\n")
        #expect(handler == nil)
    }

    /// The proxy cannot be reached.
    @Test func isNeverConnected() throws {
        let subject = try Subject(isActive: false)
        try subject.channel.close().wait()
        subject.channel.embeddedEventLoop.run()
        try subject.expectFailure(WebSocketProxyError(.closed))
    }

    @Test func aChannelThatIsClosedAlready() throws {
        let channel = EmbeddedChannel()
        _ = try channel.finish()
        let connected = channel.eventLoop.makePromise(of: Void.self)
        WebSocketProxy.addToPipeline(
            of: channel, proxy: WebSocketProxy(host: "proxy", port: 3128), targetHost: "a", targetPort: 443, deadline: .distantFuture,
            connected: connected)
        #expect(throws: WebSocketProxyError(.closed)) { try connected.futureResult.wait() }
    }

    @Test func aTargetThatCannotBeAskedFor() throws {
        let subject = try Subject(isActive: false, targetHost: "a\r\nb")
        #expect(subject.failure == WebSocketProxyError(.invalidTarget))
        #expect(try subject.request() == nil)
    }
}
