import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import ChatHummingbird

/// A client of HTTP that takes for ever.
struct HTTPDeadlineTests {
    /// What Hummingbird is to the handler: it reads on unless the test has it busy.
    private final class Application: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart

        var isBusy = false

        func channelReadComplete(context: ChannelHandlerContext) {
            if !self.isBusy { context.read() }
        }
    }

    private let channel = EmbeddedChannel()
    private let application = Application()

    init() throws {
        try self.channel.pipeline.syncOperations.addHandlers(
            HTTPDeadlineHandler(requestTimeout: .seconds(60), sendTimeout: .seconds(30)), self.application)
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        self.channel.read()
    }

    private func receive(_ part: HTTPRequestPart) throws { try self.channel.writeInbound(part) }

    private func receiveHead() throws {
        try self.receive(.head(HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")))
    }

    private func advance(_ milliseconds: Int64) { self.channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds)) }

    @Test func aRequestThatTricklesInIsCut() throws {
        try self.receiveHead()
        for _ in 0..<59 {
            self.advance(1000)
            try self.receive(.body(ByteBuffer(bytes: [1])))
        }
        self.advance(999)
        #expect(self.channel.isActive)
        self.advance(1)
        #expect(!self.channel.isActive)
    }

    @Test func aRequestThatMakesHeadwayIsNot() throws {
        try self.receiveHead()
        for _ in 0..<600 {
            self.advance(1000)
            try self.receive(.body(ByteBuffer(repeating: 1, count: 1024)))
        }
        #expect(self.channel.isActive)
        // Its credit is not endless.
        self.advance(60_000)
        #expect(!self.channel.isActive)
    }

    /// What one request has earned is not another's.
    @Test func aLongBodyGivesTheNextRequestNoMoreTime() throws {
        try self.receiveHead()
        try self.receive(.body(ByteBuffer(repeating: 1, count: 1_048_576)))
        self.advance(60_000)
        try self.receive(.end(nil))
        self.advance(1000)
        try self.receiveHead()
        self.advance(59_999)
        #expect(self.channel.isActive)
        self.advance(1)
        #expect(!self.channel.isActive)
    }

    @Test func noTimeRunsBetweenRequests() throws {
        for _ in 0..<3 {
            try self.receiveHead()
            self.advance(59_999)
            try self.receive(.end(nil))
            self.advance(600_000)
            #expect(self.channel.isActive)
        }
    }

    /// The client cannot send what the server does not take.
    @Test func aServerThatDoesNotReadOnIsNotTheClientsFault() throws {
        try self.receiveHead()
        self.advance(50_000)
        self.application.isBusy = true
        try self.receive(.body(ByteBuffer(bytes: [1])))
        self.advance(600_000)
        #expect(self.channel.isActive)
        self.channel.read()
        self.advance(9_999)
        #expect(self.channel.isActive)
        self.advance(1)
        #expect(!self.channel.isActive)
    }

    @Test(arguments: [true, false]) func anAnswerThatNobodyReadsIsCut(_ isRead: Bool) throws {
        self.channel.isWritable = false
        self.channel.pipeline.fireChannelWritabilityChanged()
        self.advance(29_999)
        #expect(self.channel.isActive)
        if isRead {
            self.channel.isWritable = true
            self.channel.pipeline.fireChannelWritabilityChanged()
        }
        self.advance(1)
        #expect(self.channel.isActive == isRead)
        self.advance(600_000)
        #expect(self.channel.isActive == isRead)
    }
}
